import { area, line } from 'd3-shape';
import { chart, type Chart } from './chart.ts';
import {
  axisHeight,
  axisTitle,
  bottomAxis,
  headings,
  horizontalLine,
  leftAxis,
  titleHeight,
  type Frame,
} from './frame.ts';
import { extent, linearScale, padded, percentTicks, type Scale } from './scales.ts';
import { element, label, shortPath } from './svg.ts';
import { textWidth, widest } from './text.ts';
import type { Theme } from './theme.ts';

type Interval = readonly [number, number];

/** A line through points, with a band or whiskers if they have an interval. */
export interface LineSeries {
  points: readonly LinePoint[];
  /** Its colour in the theme. */
  colour: keyof Theme;
  /** Lines of text beside its end. */
  name?: readonly string[];
  isDashed?: boolean;
  /** How intervals are drawn; bands by default. */
  intervals?: 'band' | 'whiskers';
}

export interface LinePoint {
  x: number;
  y: number;
  interval?: Interval | null | undefined;
  /** Single values whose mean y is. */
  single?: readonly number[];
  /** Text at the point. */
  note?: string;
}

export interface LinesInput {
  heading?: string;
  below?: string;
  xTitle: string;
  yTitle: string;
  series: readonly LineSeries[];
  yDomain?: Interval;
  yKind?: 'number' | 'percent';
  /** Names of positions along x, instead of numbers. */
  xNames?: readonly { x: number; text: string }[];
  /** Value at which a horizontal line is drawn. */
  level?: number;
  size: { width: number; height: number; font: number };
}

/** Draws lines over whole numbers, such as epochs, or over a few named positions. */
export function linesChart(input: LinesInput, theme: Theme): Chart {
  const { heading, below = '', xTitle, yTitle, series, yDomain, yKind, xNames, level, size } = input;
  const { width, height, font } = size;
  const points = series.flatMap((of) => of.points);
  const top = (heading === undefined ? 0 : below === '' ? 24 : 40) + 26;
  const names = series.flatMap(({ name = [] }) => name);
  const right = width - 14 - (names.length === 0 ? 0 : widest(names, { size: font, weight: 600 }) + 2);
  const bottom = height - axisHeight - (xTitle === '' ? 0 : titleHeight) - 4;
  const values = points.flatMap(({ y, interval, single = [] }) => [y, ...(interval ?? []), ...single]);
  const yScale = linearScale(yDomain ?? padded(extent(values)), [bottom, top], Math.max(3, (bottom - top) / 40));
  const y: Scale =
    yKind === 'percent' ? { ...yScale, ticks: percentTicks(yScale.ticks.map(({ value }) => value)) } : yScale;
  const left =
    14 +
    widest(
      y.ticks.map(({ text }) => text),
      { size: font },
    );
  const frame: Frame = { left, top, right, bottom };
  const [first, last] =
    xNames === undefined ? extent(points.map((point) => point.x)) : extent(xNames.map((of) => of.x));
  const margin = xNames === undefined ? 0 : 16;
  const xScale = linearScale(
    [first, last > first ? last : first + 1],
    [left + margin, right - margin],
    (right - left) / 45,
  );
  const x: Scale = {
    ...xScale,
    ticks: xScale.ticks
      .filter(({ value }) => Number.isInteger(value))
      .map(({ value }) => ({ value, text: String(value) })),
  };
  const inside = (value: number) => Math.min(bottom, Math.max(top, y.place(value)));
  return chart(width, height, [
    ...(heading === undefined ? [] : headings(heading, below, theme, width - 2)),
    ...leftAxis(frame, y, yTitle, theme, font),
    ...(xNames === undefined
      ? bottomAxis(frame, x, xTitle, theme, font)
      : [
          ...(xTitle === '' ? [] : [axisTitle(frame, xTitle, theme, font)]),
          ...xNames.map((of, index) => {
            // The first and the last name stay inside the chart.
            const half = textWidth(of.text, { size: font }) / 2;
            const at = Math.min(Math.max(x.place(of.x), left + (index === 0 ? half - 14 : 0)), width - half);
            return label(of.text, at, bottom + font + 6, { anchor: 'middle', fill: theme.muted, size: font });
          }),
        ]),
    ...(level === undefined ? [] : [horizontalLine(frame, y.place(level), theme)]),
    ...series.flatMap((of, index) => {
      const stroke = theme[of.colour];
      const isWhiskers = of.intervals === 'whiskers';
      // Whiskers of series at the same position stand side by side.
      const shift = isWhiskers ? 5 * (index - (series.length - 1) / 2) : 0;
      const at = (point: LinePoint) => x.place(point.x) + (of.points.length > 1 && point.x !== first ? shift : 0);
      const banded = of.points.filter(({ interval }) => interval);
      const band = area<LinePoint>(
        at,
        ({ interval }) => inside(interval![0]),
        ({ interval }) => inside(interval![1]),
      );
      return [
        ...(isWhiskers
          ? banded.map((point) =>
              element('path', {
                d: `M${at(point).toFixed(1)} ${inside(point.interval![0]).toFixed(1)}V${inside(point.interval![1]).toFixed(1)}`,
                ...{ stroke, 'stroke-width': 3, 'stroke-opacity': 0.45, fill: 'none' },
              }),
            )
          : banded.length > 1
            ? [element('path', { d: shortPath(band(banded)), fill: stroke, 'fill-opacity': 0.15 })]
            : []),
        element('path', {
          d: shortPath(line<LinePoint>(at, (point) => inside(point.y))(of.points)),
          ...{ stroke, 'stroke-width': 2, fill: 'none', 'stroke-dasharray': of.isDashed ? '5 4' : undefined },
        }),
        ...(isWhiskers
          ? of.points.flatMap((point) => [
              ...(point.single ?? []).map((value) =>
                element('circle', { cx: at(point), cy: inside(value), r: 2.2, fill: stroke, 'fill-opacity': 0.55 }),
              ),
              element('circle', { cx: at(point), cy: inside(point.y), r: 4.5, fill: stroke }),
            ])
          : []),
        ...of.points
          .filter(({ note }) => note !== undefined)
          .flatMap((point) => [
            element('circle', { cx: at(point), cy: inside(point.y), r: 4, fill: stroke }),
            label(point.note!, at(point), inside(point.y) + (isHighest(series, of, point) ? -9 : 19), {
              ...{ fill: stroke, anchor: 'middle', weight: 600, size: font },
            }),
          ]),
      ];
    }),
    ...endLabels(series, theme, font, right + 8, top, bottom, inside),
  ]);
}

/** Returns whether no other line is higher at that position. */
const isHighest = (series: readonly LineSeries[], own: LineSeries, { x, y }: LinePoint): boolean =>
  series.every((other) => other === own || other.points.every((point) => point.x !== x || point.y <= y));

/** Draws names at the ends of lines, moved apart if they would touch. */
function endLabels(
  series: readonly LineSeries[],
  theme: Theme,
  font: number,
  x: number,
  top: number,
  bottom: number,
  place: (value: number) => number,
) {
  const named = series
    .filter(({ name = [], points }) => name.length > 0 && points.length > 0)
    .map(({ name = [], points, colour }) => ({ name, colour, y: place(points.at(-1)!.y), height: 15 * name.length }))
    .sort((a, b) => a.y - b.y);
  let free = top - 14;
  for (const of of named) {
    of.y = Math.max(of.y, free + of.height / 2);
    free = of.y + of.height / 2 + 3;
  }
  let floor = bottom + 4;
  for (const of of [...named].reverse()) {
    of.y = Math.min(of.y, floor - of.height / 2);
    floor = of.y - of.height / 2 - 3;
  }
  return named.flatMap(({ name, colour, y, height }) =>
    name.map((text, index) =>
      label(text, x, y - height / 2 + 11 + 15 * index, { fill: theme[colour], weight: 600, size: font }),
    ),
  );
}
