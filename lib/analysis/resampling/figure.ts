/** A statistic in every replicate of the sample; NaN where it is undefined. */
export interface Figure {
  /** Architectures on which it stands. */
  readonly n: number;
  /** By replicate: the sample's own value, those of the resamples, then those of the jackknife. */
  readonly values: Float64Array;
}

/** A figure made of two, replicate by replicate, so that what they have in common is kept: the resamples are paired. */
export function combine(a: Figure, b: Figure, of: (a: number, b: number) => number): Figure {
  return { n: Math.min(a.n, b.n), values: a.values.map((value, replicate) => of(value, b.values[replicate]!)) };
}

export const transform = ({ n, values }: Figure, of: (value: number) => number): Figure => ({
  n,
  values: values.map(of),
});

export const difference = (a: Figure, b: Figure): Figure => combine(a, b, (x, y) => x - y);

/** The mean of the figures that the sample defines; undefined where it defines none. */
export function meanOf(figures: readonly Figure[]): Figure | undefined {
  const defined = figures.filter((figure) => estimate(figure) !== null);
  const [first, ...others] = defined;
  if (first === undefined) return undefined;
  const sum = others.reduce((total, figure) => combine(total, figure, (a, b) => a + b), first);
  return transform(sum, (value) => value / defined.length);
}

/** The sample's own value; null where it is undefined. */
export const estimate = ({ values }: Figure): number | null => (Number.isFinite(values[0]) ? values[0]! : null);
