import { scaleLinear, scaleLog } from 'd3-scale';
import { probit } from '../../core/probit.ts';

export const errorScales = ['linear', 'probit', 'logit'] as const;
/** The scale of errors along an axis. */
export type ErrorScale = (typeof errorScales)[number];

/** An axis: the positions of values on it, in pixels, and the labelled values. */
export interface Scale {
  place: (value: number) => number;
  ticks: readonly { value: number; text: string }[];
}

type Range = readonly [from: number, to: number];

/** Returns the smallest and the largest of the numbers; [0, 1] if there are none. */
export function extent(values: Iterable<number | null>): Range {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values)
    if (value !== null) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  return low > high ? [0, 1] : [low, high];
}

/** Adds a margin on both sides of a range; a range of a single value becomes wide enough to be drawn. */
export function padded([low, high]: Range, share = 0.05): Range {
  const margin = high > low ? share * (high - low) : Math.abs(low) * 0.1 || 0.1;
  return [low - margin, high + margin];
}

export function linearScale(domain: Range, range: Range, count = 5, text?: (value: number) => string): Scale {
  const scale = scaleLinear(domain, range);
  const format = text ?? scale.tickFormat(count);
  return { place: scale, ticks: scale.ticks(count).map((value) => ({ value, text: format(value) })) };
}

/** Returns a scale for positive values of different magnitudes. */
export function logScale(domain: Range, range: Range, count = 4): Scale {
  const scale = scaleLog([...domain], [...range]);
  const format = scale.tickFormat(count, '~s');
  const ticks = scale.ticks(count).map((value) => ({ value, text: format(value) }));
  return { place: scale, ticks: ticks.filter(({ text }) => text !== '') };
}

/** Where errors of exactly 0 or 1 are drawn on scales that cannot represent them. */
const edge = 1e-4;
const inside = (error: number) => Math.min(1 - edge, Math.max(edge, error));

/** Transforms of errors in which fitted lines are straight: minus those of accuracies (Miller et al. 2021). */
export const errorTransforms: Record<ErrorScale, (error: number) => number> = {
  linear: (error) => error - 1,
  probit: (error) => probit(inside(error)),
  logit: (error) => Math.log(inside(error) / (1 - inside(error))),
};

const roundErrors = [
  0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99,
  0.995, 0.998, 0.999,
];

/** Returns a scale for errors as fractions, labelled as percentages. */
export function errorScale(kind: ErrorScale, domain: Range, range: Range, count = 5): Scale {
  if (kind === 'linear') {
    const { place, ticks } = linearScale(domain, range, count);
    return { place, ticks: percentTicks(ticks.map(({ value }) => value)) };
  }
  const transform = errorTransforms[kind];
  const scale = scaleLinear([transform(domain[0]), transform(domain[1])], range);
  const place = (error: number) => scale(transform(error));
  const least = Math.abs(range[1] - range[0]) / (count + 2);
  const values: number[] = [];
  for (const value of roundErrors.filter((error) => error >= domain[0] && error <= domain[1])) {
    const last = values.at(-1);
    if (last === undefined || Math.abs(place(value) - place(last)) >= least) values.push(value);
  }
  return { place, ticks: percentTicks(values) };
}

/** Labels fractions as percentages; the last one has the sign. */
export const percentTicks = (values: readonly number[]): Scale['ticks'] =>
  values.map((value, index) => ({
    value,
    text: `${Number((100 * value).toPrecision(6))}${index === values.length - 1 ? ' %' : ''}`,
  }));

/** Returns a scale for correlations from -1 to 1, or a part of that range. */
export function correlationScale(domain: Range, range: Range, count = 5): Scale {
  const { place, ticks } = linearScale(domain, range, count);
  return {
    place,
    ticks: ticks.map(({ value }) => ({ value, text: `${value < 0 ? '−' : ''}${Number(Math.abs(value).toFixed(2))}` })),
  };
}
