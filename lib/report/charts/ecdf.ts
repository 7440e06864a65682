import { chart, type Chart, type Column, type Place } from './chart.ts';
import { bottomAxis, headings, leftAxis, type Frame } from './frame.ts';
import { errorScale, extent, linearScale, padded, type ErrorScale } from './scales.ts';
import { dots, element, tenth } from './svg.ts';
import type { Theme } from './theme.ts';

export interface EcdfInput {
  heading: string;
  below: string;
  errors: Column;
  scale: ErrorScale;
  /** Architectures that are marked, as in the scatter plots. */
  best: readonly number[];
  worst: readonly number[];
}

const width = 230;
const frame: Frame = { left: 40, top: 40, right: width - 18, bottom: 150 };

/** The empirical distribution of the errors on a dataset: for each error the share of architectures that have no larger one. */
export function ecdfChart({ heading, below, errors, scale, best, worst }: EcdfInput, theme: Theme): Chart {
  const [low, high] = padded(extent(errors));
  const xScale = errorScale(scale, [Math.max(low, 0), Math.min(high, 1)], [frame.left, frame.right], 3);
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
  const dot = { fill: 'none', 'stroke-linecap': 'round', 'stroke-width': 5 };
  return chart(
    width,
    frame.bottom + 20,
    [
      ...headings(2, heading, below, theme, 34),
      ...bottomAxis(frame, xScale, '', theme),
      ...leftAxis(frame, yScale, '', theme),
      element('path', { d: path.join(''), stroke: theme.ink, 'stroke-width': 1.4, fill: 'none' }),
      element('path', { d: dots(of(best)), stroke: theme.positive, ...dot }),
      element('path', { d: dots(of(worst)), stroke: theme.negative, ...dot }),
    ],
    places,
  );
}
