import { linearRegression, sampleCorrelation } from 'simple-statistics';

/** Statistics by their definitions, slow and plain, to hold the kernel's against; NaN where a column is constant. */

const isConstant = (values: readonly number[]) => values.every((value) => value === values[0]);

export function pearson(x: readonly number[], y: readonly number[]): number {
  return isConstant(x) || isConstant(y) ? NaN : sampleCorrelation([...x], [...y]);
}

export function midranks(values: readonly number[]): number[] {
  return values.map(
    (value) =>
      values.filter((other) => other < value).length + (values.filter((other) => other === value).length + 1) / 2,
  );
}

export const spearman = (x: readonly number[], y: readonly number[]) => pearson(midranks(x), midranks(y));

/** Weighted sum over all pairs of the product of signs, over the root of the sums of those that are not tied. */
function tau(x: readonly number[], y: readonly number[], weightOf: (i: number, j: number) => number): number {
  let [score, untiedX, untiedY] = [0, 0, 0];
  for (let i = 0; i < x.length; i++)
    for (let j = 0; j < i; j++) {
      const [dx, dy, weight] = [Math.sign(x[i]! - x[j]!), Math.sign(y[i]! - y[j]!), weightOf(i, j)];
      score += weight * dx * dy;
      untiedX += weight * Math.abs(dx);
      untiedY += weight * Math.abs(dy);
    }
  return untiedX === 0 || untiedY === 0 ? NaN : score / Math.sqrt(untiedX * untiedY);
}

export const kendallTauB = (x: readonly number[], y: readonly number[]) => tau(x, y, () => 1);

export function weightedTau(x: readonly number[], y: readonly number[]): number {
  const weighting = (a: readonly number[], b: readonly number[]) => {
    const order = [...a.keys()].sort((i, j) => a[i]! - a[j]! || b[i]! - b[j]!);
    const weights = a.map((_, item) => 1 / (order.indexOf(item) + 1));
    return tau(x, y, (i, j) => weights[i]! + weights[j]!);
  };
  return (weighting(x, y) + weighting(y, x)) / 2;
}

export function line(x: readonly number[], y: readonly number[]): { slope: number; intercept: number; r2: number } {
  if (isConstant(x) || isConstant(y)) return { slope: NaN, intercept: NaN, r2: NaN };
  const { m, b } = linearRegression(x.map((value, index) => [value, y[index]!]));
  return { slope: m, intercept: b, r2: pearson(x, y) ** 2 };
}

export function partialPearson(x: readonly number[], y: readonly number[], z: readonly number[]): number {
  const residuals = (values: readonly number[]) => {
    const { m, b } = linearRegression(z.map((value, index) => [value, values[index]!]));
    return values.map((value, index) => value - m * z[index]! - b);
  };
  return isConstant(z) ? NaN : pearson(residuals(x), residuals(y));
}
