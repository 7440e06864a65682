import { line } from 'd3-shape';
import { chart, unselected, type Chart, type Column, type Form, type Place, type Trace } from './chart.ts';
import { extent, linearScale, logScale } from './scales.ts';
import { element, label, shortPath } from './svg.ts';
import type { Theme } from './theme.ts';

export interface ParallelInput {
  axes: readonly { title: string; values: Column; isLogarithmic: boolean }[];
  best: readonly number[];
  worst: readonly number[];
}

const path = line<Place>();

/** Draws a line for each architecture over a vertical axis for each parameter. */
export function parallelChart({ axes, best, worst }: ParallelInput, theme: Theme, form: Form): Chart {
  const isWide = form === 'wide';
  const [width, height] = isWide ? [1000, 360] : [Math.max(358, 46 * axes.length), 320];
  const [top, bottom] = [64, height - 16];
  // The title of the last axis extends to its right.
  const x = (axis: number) => 24 + (axis / Math.max(1, axes.length - 1)) * (width - 24 - 86);
  const scales = axes.map(({ values, isLogarithmic }) => {
    const [low, high] = extent(values);
    const domain = [low, high > low ? high : low + 1] as const;
    return isLogarithmic && low > 0 ? logScale(domain, [bottom, top], 3) : linearScale(domain, [bottom, top], 4);
  });
  const count = axes[0]?.values.length ?? 0;
  const traces = Array.from({ length: count }, (_, index): Trace | null => {
    const points = axes.flatMap(({ values }, axis): Place[] => {
      const value = values[index];
      return value == null ? [] : [[x(axis), scales[axis]!.place(value)]];
    });
    return points.length < axes.length ? null : { points, path: shortPath(path(points)) };
  });
  const marked = new Set([...best, ...worst]);
  const paths = (indices: Iterable<number>) => [...indices].map((index) => traces[index]?.path ?? '').join('');
  const others = [...traces.keys()].filter((index) => !marked.has(index));
  const drawn = (indices: Iterable<number>, stroke: string, strokeWidth: number, opacity: number) =>
    element('path', {
      ...{ d: paths(indices), stroke, 'stroke-width': strokeWidth, 'stroke-opacity': opacity, fill: 'none' },
    });
  return chart(
    width,
    height,
    [
      ...axes.flatMap(({ title }, axis) => [
        element('path', { d: `M${x(axis).toFixed(1)} ${top}V${bottom}`, stroke: theme.rule, fill: 'none' }),
        label(title, 0, 0, {
          ...{ fill: theme.ink, weight: 600, size: 12, longest: 92 },
          transform: `translate(${x(axis).toFixed(1)} ${top - 10}) rotate(-32)`,
        }),
      ]),
      unselected(
        drawn(others, theme.neutral, 1, others.length > 150 ? 0.2 : 0.45),
        drawn(worst, theme.worst, 1.6, 0.9),
        drawn(best, theme.best, 1.6, 0.9),
      ),
      ...scales.flatMap(({ ticks, place }, axis) =>
        ticks.map(({ value, text }) => label(text, x(axis) + 4, place(value) + 4, { fill: theme.muted, size: 11 })),
      ),
    ],
    { traces },
  );
}
