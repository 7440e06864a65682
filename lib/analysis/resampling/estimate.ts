/** A statistic of the sample with its values in all replicates. */
export interface Estimate {
  /** Independent units that it rests on: architectures, or clusters of them. */
  readonly n: number;
  /** By replicate: the sample's own value, those of the resamples, then those of the jackknife; NaN if undefined. */
  readonly values: Float64Array;
}

/** Combines two estimates replicate by replicate: as the resamples are paired, what the two have in common cancels. */
export function combine(a: Estimate, b: Estimate, of: (a: number, b: number) => number): Estimate {
  const values = new Float64Array(a.values.length);
  for (let replicate = 0; replicate < values.length; replicate++)
    values[replicate] = of(a.values[replicate]!, b.values[replicate]!);
  return { n: Math.min(a.n, b.n), values };
}

export const transform = ({ n, values }: Estimate, of: (value: number) => number): Estimate => ({
  n,
  values: values.map(of),
});

export const difference = (a: Estimate, b: Estimate): Estimate => combine(a, b, (x, y) => x - y);

/** Returns the mean of the estimates that are defined on the sample; undefined if none is. */
export function meanOf(estimates: readonly Estimate[]): Estimate | undefined {
  const defined = estimates.filter((of) => valueOf(of) !== null);
  const [first, ...others] = defined;
  if (first === undefined) return undefined;
  const sum = others.reduce((total, of) => combine(total, of, (a, b) => a + b), first);
  return transform(sum, (value) => value / defined.length);
}

/** Returns the sample's own value; null if it is undefined. */
export const valueOf = ({ values }: Estimate): number | null => (Number.isFinite(values[0]) ? values[0]! : null);
