import { errorFunction } from 'simple-statistics';

/** Counts of two samples in the same ordered bins. */
export interface BinnedPair {
  a: readonly number[];
  b: readonly number[];
}

/** The p-value of the two-sample chi-square test; neighbouring bins are merged until each expects 8 of the smaller sample. */
export function chiSquareP(pair: BinnedPair): number {
  const totalA = sum(pair.a);
  const totalB = sum(pair.b);
  const smaller = Math.min(totalA, totalB) / (totalA + totalB);
  const merged: [number, number][] = [];
  let open: [number, number] = [0, 0];
  pair.a.forEach((count, bin) => {
    open = [open[0] + count, open[1] + pair.b[bin]!];
    if ((open[0] + open[1]) * smaller < 8) return;
    merged.push(open);
    open = [0, 0];
  });
  const last = merged.pop() ?? [0, 0];
  merged.push([last[0] + open[0], last[1] + open[1]]);
  const ratio = Math.sqrt(totalB / totalA);
  const statistic = sum(merged.map(([a, b]) => (a * ratio - b / ratio) ** 2 / (a + b)));
  return chiSquareTail(statistic, merged.length - 1);
}

/** Wilson and Hilferty's approximation of the chi-square distribution's upper tail. */
function chiSquareTail(statistic: number, freedom: number): number {
  const variance = 2 / (9 * freedom);
  const normal = (Math.cbrt(statistic / freedom) - (1 - variance)) / Math.sqrt(variance);
  return (1 - errorFunction(normal / Math.SQRT2)) / 2;
}

/** The p-value of the two-sample Kolmogorov-Smirnov test (asymptotic; too large, so on the safe side, for ties). */
export function kolmogorovSmirnovP({ a, b }: BinnedPair): number {
  const totalA = sum(a);
  const totalB = sum(b);
  let distance = 0;
  let cumulatedA = 0;
  let cumulatedB = 0;
  a.forEach((count, bin) => {
    cumulatedA += count / totalA;
    cumulatedB += b[bin]! / totalB;
    distance = Math.max(distance, Math.abs(cumulatedA - cumulatedB));
  });
  const scaled = distance * Math.sqrt((totalA * totalB) / (totalA + totalB));
  if (scaled < 0.3) return 1;
  const terms = Array.from({ length: 100 }, (_, i) => (-1) ** i * Math.exp(-2 * (i + 1) ** 2 * scaled ** 2));
  return Math.min(1, Math.max(0, 2 * sum(terms)));
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
