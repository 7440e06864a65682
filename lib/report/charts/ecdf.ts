import { chart, unselected, type Chart, type Column, type Place } from './chart.ts';
import { axisHeight, bottomAxis, headings, leftAxis, titleHeight, type Frame } from './frame.ts';
import { errorScale, extent, linearScale, padded, type ErrorScale } from './scales.ts';
import { dots, element, tenth, triangles } from './svg.ts';
import type { Theme } from './theme.ts';

export interface EcdfInput {
  heading: string;
  below: string;
  xTitle: string;
  yTitle: string;
  errors: Column;
  scale: ErrorScale;
  /** Architectures that are marked, as in the scatter charts. */
  best: readonly number[];
  worst: readonly number[];
  size: { width: number; height: number; font: number };
}

/** Draws the empirical distribution of the errors on a dataset: for each error the share of architectures with no larger one. */
export function ecdfChart({ errors, scale, best, worst, size, ...titles }: EcdfInput, theme: Theme): Chart {
  const { width, height, font } = size;
  const frame: Frame = { left: 40, top: 66, right: width - 14, bottom: height - axisHeight - titleHeight - 4 };
  const [low, high] = padded(extent(errors));
  const xScale = errorScale(scale, [Math.max(low, 0), Math.min(high, 1)], [frame.left, frame.right], 4);
  const yScale = linearScale([0, 1], [frame.bottom, frame.top], 2, (share) => `${Math.round(100 * share)} %`);
  const order = [...errors.keys()].filter((index) => errors[index] !== null).sort((a, b) => errors[a]! - errors[b]!);
  const places = errors.map((): Place | null => null);
  order.forEach((index, rank) => {
    places[index] = [xScale.place(errors[index]!), yScale.place((rank + 1) / order.length)];
  });
  const steps = order.map((index) => places[index]!);
  const path = steps.map(
    ([x, y], index) => `${index === 0 ? `M${tenth(x)} ${frame.bottom}` : `H${tenth(x)}`}V${tenth(y)}`,
  );
  const of = (indices: readonly number[]) => indices.flatMap((index) => (places[index] ? [places[index]] : []));
  return chart(
    width,
    height,
    [
      ...headings(titles.heading, titles.below, theme, width - 2),
      ...bottomAxis(frame, xScale, titles.xTitle, theme, font),
      ...leftAxis(frame, yScale, titles.yTitle, theme, font),
      element('path', { d: path.join(''), stroke: theme.ink, 'stroke-width': 1.3, fill: 'none' }),
      unselected(
        element('path', {
          ...{ d: dots(of(best)), stroke: theme.best, fill: 'none', 'stroke-linecap': 'round', 'stroke-width': 6 },
        }),
        element('path', { d: triangles(of(worst), 3.4), fill: theme.worst }),
      ),
    ],
    { places },
  );
}
