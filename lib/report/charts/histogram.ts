import { escaped, trusted } from '../markup.ts';
import { chart, type Chart } from './chart.ts';
import { element, label } from './svg.ts';
import { textWidth } from './text.ts';
import type { Theme } from './theme.ts';

export interface HistogramInput {
  heading: string;
  bins: readonly { text: string; count: number }[];
  width: number;
}

const height = 78;
const top = 28;

/** Draws bars of equal width, the most frequent one as high as the chart; every bar has its count as its title. */
export function histogramChart({ heading, bins, width }: HistogramInput, theme: Theme): Chart {
  const most = bins.reduce((largest, { count }) => Math.max(largest, count), 1);
  const step = width / Math.max(1, bins.length);
  const longest = Math.max(...bins.map(({ text }) => textWidth(text, { size: 12 })), 6) + 6;
  const every = Math.ceil(longest / step);
  return chart(width + 8, top + height + 22, [
    label(heading, 2, 13, { fill: theme.ink, weight: 600, longest: width }),
    label(String(most), width + 6, top - 3, { anchor: 'end', fill: theme.muted, size: 11 }),
    ...bins.flatMap(({ text, count }, index) => {
      const size = (height * count) / most;
      const x = 4 + step * index;
      return [
        element(
          'rect',
          { x, y: top + height - size, width: Math.max(1, step - 1), height: size, fill: theme.neutral },
          element('title', {}, trusted(escaped(`${text}: ${count}`))),
        ),
        ...(index % every === 0
          ? [label(text, x + step / 2, top + height + 14, { anchor: 'middle', fill: theme.muted, size: 12 })]
          : []),
      ];
    }),
    element('path', { d: `M4 ${top + height}H${width + 4}`, stroke: theme.muted, fill: 'none' }),
  ]);
}
