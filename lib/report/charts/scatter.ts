import { chart, type Chart, type Column, type Place } from './chart.ts';
import { bottomAxis, headings, leftAxis, type Frame } from './frame.ts';
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
import { dots, element, polyline, tenth } from './svg.ts';
import type { Theme } from './theme.ts';

export interface ScatterInput {
  heading: string;
  below: string;
  xTitle: string;
  yTitle: string;
  x: Column;
  y: Column;
  /** How errors are spread: of both axes, or of y alone where x is a parameter. */
  scale: ErrorScale;
  /** What x is: an error, or a parameter on a linear or logarithmic axis. */
  xKind: 'error' | 'linear' | 'log';
  /** Of accuracies, on the scale. */
  line?: { slope: number; intercept: number } | undefined;
  /** Architectures that are marked. */
  best: readonly number[];
  worst: readonly number[];
}

const width = 290;
const frame: Frame = { left: 46, top: 38, right: width - 18, bottom: 238 };

/** Each architecture at two of its numbers. Circles are the best ones, triangles the worst ones, dots all others. */
export function scatterChart(input: ScatterInput, theme: Theme): Chart {
  const { x, y, scale, xKind, best, worst } = input;
  const both = x.map((value, index) => (value === null || y[index] == null ? null : ([value, y[index]] as const)));
  const xDomain = domain(
    both.map((pair) => pair?.[0] ?? null),
    xKind === 'error',
  );
  const yDomain = domain(
    both.map((pair) => pair?.[1] ?? null),
    true,
  );
  const xScale = axisOf(xKind, scale, xDomain, [frame.left, frame.right]);
  const yScale = errorScale(scale, yDomain, [frame.bottom, frame.top]);
  const places = both.map((pair): Place | null => pair && [xScale.place(pair[0]), yScale.place(pair[1])]);
  const marked = new Set([...best, ...worst]);
  const of = (indices: Iterable<number>) => [...indices].flatMap((index) => (places[index] ? [places[index]] : []));
  const others = of([...places.keys()].filter((index) => !marked.has(index)));
  const dot = { fill: 'none', 'stroke-linecap': 'round' };
  return chart(
    width,
    frame.bottom + 36,
    [
      ...headings(2, input.heading, input.below, theme, 46),
      ...bottomAxis(frame, xScale, input.xTitle, theme),
      ...leftAxis(frame, yScale, '', theme),
      ...(input.line === undefined || xKind !== 'error' ? [] : fittedLine(input.line, scale, xDomain, yDomain, theme)),
      element('path', { d: dots(others), stroke: theme.neutral, 'stroke-width': 4.5, ...dot }),
      element('path', { d: dots(of(best)), stroke: theme.positive, 'stroke-width': 7, ...dot }),
      element('path', { d: of(worst).map(triangle).join(''), fill: theme.negative }),
    ],
    places,
  );
}

function axisOf(
  kind: ScatterInput['xKind'],
  scale: ErrorScale,
  of: readonly [number, number],
  range: readonly [number, number],
): Scale {
  // Few enough that percentages beside each other do not touch.
  if (kind === 'error') return errorScale(scale, of, range, 3);
  return kind === 'log' ? logScale(of, range) : linearScale(of, range);
}

function domain(values: Column, isError: boolean): readonly [number, number] {
  const [low, high] = padded(extent(values));
  const [least, most] = extent(values);
  // Errors stay in [0, 1]; a margin does not turn a positive parameter into a negative one.
  if (isError)
    return [Math.max(low, Math.min(least, 0.5 * least)), Math.min(high, Math.max(most, 1 - 0.5 * (1 - most)))];
  return [least > 0 ? Math.max(low, 0.9 * least) : low, high];
}

const triangle = ([x, y]: Place) => `M${tenth(x)} ${tenth(y - 4.5)}l4.2 7.6h-8.4z`;

/** The line is straight on its scale: drawn where it is inside the frame. */
function fittedLine(
  { slope, intercept }: { slope: number; intercept: number },
  scale: ErrorScale,
  [xLow, xHigh]: readonly [number, number],
  [yLow, yHigh]: readonly [number, number],
  theme: Theme,
): string[] {
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
  return [
    element('path', { d: polyline([place(from), place(to)]), stroke: theme.ink, 'stroke-width': 1.2, fill: 'none' }),
  ];
}
