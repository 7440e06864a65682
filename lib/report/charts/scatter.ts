import type { Markup } from '../markup.ts';
import { chart, unselected, type Chart, type Column, type Place } from './chart.ts';
import { axisHeight, bottomAxis, headings, leftAxis, titleHeight, type Frame } from './frame.ts';
import { Placement, type Note } from './placement.ts';
import {
  errorScale,
  errorTransforms,
  extent,
  linearScale,
  logScale,
  padded,
  type ErrorScale,
  type Scale,
} from './scales.ts';
import { dots, element, polyline, triangles } from './svg.ts';
import { textWidth } from './text.ts';
import type { Theme } from './theme.ts';

export interface ScatterInput {
  /** Absent if the page has a heading for the chart. */
  heading?: string;
  below?: string;
  xTitle: string;
  yTitle: string;
  x: Column;
  y: Column;
  /** Scale of errors, on both axes, or on y alone if x is a parameter. */
  scale: ErrorScale;
  /** Kind of x: an error, or a parameter on a linear or logarithmic axis. */
  xKind: 'error' | 'linear' | 'log';
  /** Line fitted to accuracies, on the scale. */
  line?: { slope: number; intercept: number } | undefined;
  /** Architectures that are marked. */
  best: readonly number[];
  worst: readonly number[];
  /** Architectures to name, the most important first, with the lines of their notes. */
  notes?: readonly { index: number; lines: readonly string[] }[];
  /** Names of the marked groups. */
  groups?: { best: string; worst: string };
  /** Room around the points for names, as a share of their range. */
  margin?: number;
  size: { width: number; height: number; font: number };
}

/** Draws each architecture at two of its numbers. Large dots are the best ones, triangles the worst ones, small dots all others. */
export function scatterChart(input: ScatterInput, theme: Theme): Chart {
  const { x, y, scale, xKind, best, worst, size, heading, below = '' } = input;
  const both = x.map((value, index) => (value === null || y[index] == null ? null : ([value, y[index]] as const)));
  const xDomain = domain(
    both.map((pair) => pair?.[0] ?? null),
    xKind === 'error',
    input.margin,
  );
  const yDomain = domain(
    both.map((pair) => pair?.[1] ?? null),
    true,
    input.margin === undefined ? undefined : 2 * input.margin,
  );
  const { font, width, height } = size;
  const top = (heading === undefined ? 0 : below === '' ? 24 : 40) + 26;
  const bottom = height - axisHeight - titleHeight - 4;
  const count = Math.max(3, Math.round((bottom - top) / 45));
  // Leaves room for the widest label on the left.
  const yTicks = errorScale(scale, yDomain, [bottom, top], count);
  const left = 12 + Math.max(...yTicks.ticks.map(({ text }) => textWidth(text, { size: font })), 10);
  const frame: Frame = { left, top, right: width - 14, bottom };
  const xScale = axisOf(xKind, scale, xDomain, [left, frame.right], Math.max(4, Math.round((frame.right - left) / 62)));
  const places = both.map((pair): Place | null => pair && [xScale.place(pair[0]), yTicks.place(pair[1])]);
  const marked = new Set([...best, ...worst]);
  const of = (indices: Iterable<number>) => [...indices].flatMap((index) => (places[index] ? [places[index]] : []));
  const unmarked = of([...places.keys()].filter((index) => !marked.has(index)));
  // Among hundreds of dots nobody sees fractions of a pixel, and a page has many such charts.
  const others = unmarked.length > 300 ? unmarked.map(([x, y]): Place => [Math.round(x), Math.round(y)]) : unmarked;
  const fitted = input.line === undefined || xKind !== 'error' ? [] : fittedLine(input, frame, xDomain, yDomain);
  const dot = { fill: 'none', 'stroke-linecap': 'round' };
  const radius = width > 300 ? 1 : 0.75;
  return chart(
    width,
    height,
    [
      ...(heading === undefined ? [] : headings(heading, below, theme, width - 2)),
      ...bottomAxis(frame, xScale, input.xTitle, theme, font),
      ...leftAxis(frame, yTicks, input.yTitle, theme, font),
      ...fitted.map((ends) =>
        element('path', {
          ...{ d: polyline(ends), stroke: theme.ink, 'stroke-width': 1.4, 'stroke-opacity': 0.55, fill: 'none' },
        }),
      ),
      unselected(
        element('path', {
          ...{ d: dots(others), stroke: theme.neutral, 'stroke-width': 7.2 * radius },
          ...{ 'stroke-opacity': others.length > 150 ? 0.5 : 0.75, ...dot },
        }),
        element('path', { d: dots(of(best)), stroke: theme.paper, 'stroke-width': 11.5 * radius, ...dot }),
        element('path', { d: dots(of(best)), stroke: theme.best, 'stroke-width': 9.5 * radius, ...dot }),
        element('path', {
          d: triangles(of(worst), 5 * radius),
          fill: theme.worst,
          stroke: theme.paper,
          'stroke-width': 0.8,
        }),
      ),
      ...annotations(input, frame, places, fitted, theme),
    ],
    { places },
  );
}

/** Draws names of single architectures, then of the groups, as far as there is room. */
function annotations(
  { notes = [], groups, best, worst }: ScatterInput,
  frame: Frame,
  places: readonly (Place | null)[],
  fitted: readonly (readonly [Place, Place])[],
  theme: Theme,
): Markup[] {
  const placement = new Placement(
    frame,
    places.filter((place) => place !== null),
  );
  for (const [from, to] of fitted) placement.avoid(from, to);
  const drawn: Markup[] = [];
  const add = (note: Note) => drawn.push(...placement.place(note, theme.muted));
  for (const { index, lines } of notes) {
    const at = places[index];
    if (at)
      add({
        at,
        lines: lines.map((text, line) =>
          line === 0 ? { text, fill: theme.ink, weight: 600 } : { text, fill: theme.muted, weight: 400 },
        ),
      });
  }
  if (groups === undefined) return drawn;
  for (const [members, text, fill] of [
    [best, groups.best, theme.best],
    [worst, groups.worst, theme.worst],
  ] as const) {
    const middle = medianPlace(members.flatMap((index) => (places[index] ? [places[index]] : [])));
    if (middle !== undefined) add({ at: middle, lines: [{ text, fill, weight: 600 }] });
  }
  return drawn;
}

/** Returns the place nearest to the middle of all. */
function medianPlace(places: readonly Place[]): Place | undefined {
  const middle = (axis: 0 | 1) => [...places].sort((a, b) => a[axis] - b[axis])[places.length >> 1]?.[axis] ?? 0;
  const [x, y] = [middle(0), middle(1)];
  return [...places].sort((a, b) => Math.hypot(a[0] - x, a[1] - y) - Math.hypot(b[0] - x, b[1] - y))[0];
}

function axisOf(kind: ScatterInput['xKind'], scale: ErrorScale, of: Domain, range: Domain, count: number): Scale {
  if (kind === 'error') return errorScale(scale, of, range, count);
  return kind === 'log' ? logScale(of, range, count) : linearScale(of, range, count);
}

type Domain = readonly [number, number];

function domain(values: Column, isError: boolean, margin = 0.05): Domain {
  const [low, high] = padded(extent(values), margin);
  const [least, most] = extent(values);
  // Errors stay in [0, 1]; a margin does not turn a positive parameter into a negative one.
  if (isError)
    return [Math.max(low, Math.min(least, 0.5 * least)), Math.min(high, Math.max(most, 1 - 0.5 * (1 - most)))];
  return [least > 0 ? Math.max(low, 0.9 * least) : low, high];
}

/** Draws the part of the line, which is straight on its scale, that is inside the frame, if any. */
function fittedLine(
  { line, scale }: ScatterInput,
  frame: Frame,
  [xLow, xHigh]: Domain,
  [yLow, yHigh]: Domain,
): (readonly [Place, Place])[] {
  const { slope, intercept } = line!;
  const transform = errorTransforms[scale];
  const [u0, u1] = [transform(xLow), transform(xHigh)];
  const [v0, v1] = [transform(yLow), transform(yHigh)];
  // Accuracies are minus the transformed errors: -v = intercept + slope (-u).
  const at = (u: number) => slope * u - intercept;
  let [from, to] = [u0, u1];
  if (slope !== 0) {
    const ends = [(v0 + intercept) / slope, (v1 + intercept) / slope].sort((a, b) => a - b) as [number, number];
    [from, to] = [Math.max(from, ends[0]), Math.min(to, ends[1])];
  } else if (at(0) < v0 || at(0) > v1) return [];
  if (from >= to) return [];
  const place = (u: number): Place => [
    frame.left + ((u - u0) / (u1 - u0)) * (frame.right - frame.left),
    frame.bottom + ((at(u) - v0) / (v1 - v0)) * (frame.top - frame.bottom),
  ];
  return [[place(from), place(to)]];
}
