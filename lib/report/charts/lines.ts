import { chart, type Chart } from './chart.ts';
import { bottomAxis, headings, leftAxis, type Frame } from './frame.ts';
import { extent, linearScale, padded } from './scales.ts';
import { element, polyline } from './svg.ts';
import type { Theme } from './theme.ts';

/** A line through points, with a band around it where they have an interval. */
export interface LineSeries {
  points: readonly { x: number; y: number; interval?: readonly [number, number] | null | undefined }[];
  /** Which colour of the theme it has. */
  colour: keyof Theme;
  isDashed?: boolean;
}

export interface LinesInput {
  heading: string;
  below: string;
  xTitle: string;
  series: readonly LineSeries[];
  yDomain?: readonly [number, number];
  yText?: (value: number) => string;
}

const width = 250;
const frame: Frame = { left: 42, top: 40, right: width - 18, bottom: 160 };

/** Lines over whole numbers, such as epochs. */
export function linesChart({ heading, below, xTitle, series, yDomain, yText }: LinesInput, theme: Theme): Chart {
  const points = series.flatMap((line) => line.points);
  const [first, last] = extent(points.map(({ x }) => x));
  const x = linearScale([first, last > first ? last : first + 1], [frame.left, frame.right], 4);
  const whole = {
    ...x,
    ticks: x.ticks.filter(({ value }) => Number.isInteger(value)).map(({ value }) => ({ value, text: String(value) })),
  };
  const values = points.flatMap(({ y, interval }) => [y, ...(interval ?? [])]);
  const y = linearScale(yDomain ?? padded(extent(values)), [frame.bottom, frame.top], 4, yText);
  const place = (at: number, value: number) =>
    [x.place(at), Math.min(frame.bottom, Math.max(frame.top, y.place(value)))] as const;
  return chart(width, frame.bottom + 36, [
    ...headings(2, heading, below, theme, 38),
    ...bottomAxis(frame, whole, xTitle, theme),
    ...leftAxis(frame, y, '', theme),
    ...series.flatMap(({ points, colour, isDashed }) => {
      const stroke = theme[colour];
      const banded = points.filter(({ interval }) => interval);
      const band = [
        ...banded.map(({ x, interval }) => place(x, interval![0])),
        ...banded.map(({ x, interval }) => place(x, interval![1])).reverse(),
      ];
      const line = points.map(({ x, y }) => place(x, y));
      return [
        ...(band.length > 2 ? [element('path', { d: `${polyline(band)}z`, fill: stroke, 'fill-opacity': 0.18 })] : []),
        element('path', {
          d: polyline(line),
          stroke,
          'stroke-width': 1.8,
          fill: 'none',
          'stroke-dasharray': isDashed ? '4 3' : undefined,
        }),
        ...(points.length < 40 ? line.map(([cx, cy]) => element('circle', { cx, cy, r: 2.2, fill: stroke })) : []),
      ];
    }),
  ]);
}
