import { chart, type Chart } from './chart.ts';
import { element, escapeMarkup, label } from './svg.ts';
import type { Theme } from './theme.ts';

export interface HistogramInput {
  heading: string;
  bins: readonly { text: string; count: number }[];
  width: number;
}

const height = 78;
const top = 24;

/** Bars of equal width, the most frequent as high as the chart; every bar has its count as its title. */
export function histogramChart({ heading, bins, width }: HistogramInput, theme: Theme): Chart {
  const most = bins.reduce((largest, { count }) => Math.max(largest, count), 1);
  const step = width / Math.max(1, bins.length);
  const every = Math.ceil((bins.reduce((longest, { text }) => Math.max(longest, text.length), 1) * 6.4) / step);
  return chart(width + 8, top + height + 22, [
    label(heading, { x: 2, y: 13, fill: theme.ink, 'font-weight': 600 }),
    label(String(most), { x: width + 6, y: top - 3, 'text-anchor': 'end', fill: theme.muted, 'font-size': 9 }),
    ...bins.flatMap(({ text, count }, index) => {
      const size = (height * count) / most;
      const x = 4 + step * index;
      return [
        element(
          'rect',
          { x, y: top + height - size, width: Math.max(1, step - 1), height: size, fill: theme.positive },
          element('title', {}, escapeMarkup(`${text}: ${count}`)),
        ),
        ...(index % every === 0
          ? [label(text, { x: x + step / 2, y: top + height + 14, 'text-anchor': 'middle', fill: theme.muted })]
          : []),
      ];
    }),
    element('path', { d: `M4 ${top + height}H${width + 4}`, stroke: theme.muted, fill: 'none' }),
  ]);
}
