import { characterWidth, chart, type Chart } from './chart.ts';
import { bottomAxis, verticalLine, type Frame } from './frame.ts';
import { linearScale, padded } from './scales.ts';
import { element, label, short, tenth } from './svg.ts';
import type { Theme } from './theme.ts';

/** A value on a line of the chart. */
export interface Mark {
  value: number | null;
  interval?: readonly [number, number] | null | undefined;
  /** `dot` by default; `ring` for what is compared with it, `tick` for a bound, `small` for one of several. */
  kind?: 'dot' | 'ring' | 'tick' | 'small';
}

export interface IntervalRow {
  /** A heading of the rows below it has no marks. */
  label: string;
  marks?: readonly Mark[];
}

export interface IntervalInput {
  rows: readonly IntervalRow[];
  title: string;
  /** By default the range of all values, and 0. */
  domain?: readonly [number, number];
  text?: (value: number) => string;
}

const rowHeight = 21;
/** Two charts with the longest labels fit side by side. */
const plotWidth = 350;
const longestLabel = 34;

/** Values with their intervals, a line each, on a common axis with a line at 0. */
export function intervalChart({ rows, title, domain, text }: IntervalInput, theme: Theme): Chart {
  const longest = Math.min(
    longestLabel,
    rows.reduce((most, row) => Math.max(most, row.label.length), 0),
  );
  const left = Math.max(60, 14 + characterWidth * longest);
  const frame: Frame = { left, top: 6, right: left + plotWidth, bottom: 10 + rowHeight * rows.length };
  const values = rows.flatMap(({ marks = [] }) =>
    marks.flatMap(({ value, interval }) => (value === null ? [] : [value, ...(interval ?? [])])),
  );
  const range = domain ?? padded([Math.min(0, ...values), Math.max(0, ...values)]);
  const scale = linearScale(range, [frame.left, frame.right], 7, text);
  const x = (value: number) => Math.min(frame.right, Math.max(frame.left, scale.place(value)));
  return chart(frame.right + 14, frame.bottom + 36, [
    ...bottomAxis(frame, scale, title, theme),
    ...(range[0] < 0 && range[1] > 0 ? [verticalLine(frame, scale.place(0), theme)] : []),
    ...rows.flatMap(({ label: text, marks }, index) => {
      const y = frame.top + 5 + rowHeight * (index + 0.5);
      return [
        label(
          text,
          marks === undefined
            ? { x: 2, y: y + 4, 'font-weight': 600, fill: theme.ink }
            : { x: frame.left - 8, y: y + 4, 'text-anchor': 'end', fill: theme.ink },
          longestLabel,
        ),
        ...(marks ?? []).map((mark) => drawn(mark, x, y, theme)),
      ];
    }),
  ]);
}

function drawn({ value, interval, kind = 'dot' }: Mark, x: (value: number) => number, y: number, theme: Theme): string {
  if (value === null) return '';
  const colour = kind === 'ring' ? theme.second : value < 0 ? theme.negative : theme.positive;
  // What is compared lies a little below.
  const at = kind === 'ring' ? y + 5 : y;
  const whisker = interval
    ? element('path', {
        d: `M${tenth(x(interval[0]))} ${short(at)}H${tenth(x(interval[1]))}`,
        stroke: colour,
        'stroke-width': kind === 'ring' ? 1.2 : 2,
        fill: 'none',
      })
    : '';
  switch (kind) {
    case 'tick':
      return element('path', {
        d: `M${tenth(x(value))} ${short(y - 8)}v16`,
        stroke: theme.ink,
        'stroke-width': 2,
        fill: 'none',
      });
    case 'small':
      return element('circle', { cx: x(value), cy: y, r: 2, fill: theme.ink });
    case 'ring':
      return (
        whisker +
        element('circle', { cx: x(value), cy: at, r: 3.4, fill: theme.paper, stroke: colour, 'stroke-width': 1.6 })
      );
    case 'dot':
      return whisker + element('circle', { cx: x(value), cy: at, r: 4.2, fill: colour });
  }
}
