/**
 * Correlation coefficients of paired samples. All are null where they are undefined: fewer than three pairs, or a constant
 * column. Golden values: SciPy's `pearsonr`, `spearmanr` and `kendalltau`.
 */
export interface Coefficients {
  pearson: number | null;
  spearman: number | null;
  kendallTauB: number | null;
}

export const undefinedCoefficients: Coefficients = { pearson: null, spearman: null, kendallTauB: null };

/** All three coefficients of x and y, of equal length. */
export function coefficients(x: Float64Array, y: Float64Array): Coefficients {
  return x.length < 3 ? undefinedCoefficients : coefficientsOfRanked(x, y, denseRanks(x), denseRanks(y));
}

/** All three coefficients of x and y with their ranks, which are below their number, equal for equal values, and may have gaps. */
export function coefficientsOfRanked(
  x: Float64Array,
  y: Float64Array,
  xRanks: Int32Array,
  yRanks: Int32Array,
): Coefficients {
  return {
    pearson: pearson(x, y),
    spearman: pearson(averageRanks(xRanks), averageRanks(yRanks)),
    kendallTauB: kendallTauB(xRanks, yRanks),
  };
}

/** Pearson's product-moment correlation; null for a constant column. */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  const n = x.length;
  let xMean = 0;
  let yMean = 0;
  for (let i = 0; i < n; i++) {
    xMean += x[i]!;
    yMean += y[i]!;
  }
  xMean /= n;
  yMean /= n;
  let xx = 0;
  let yy = 0;
  let xy = 0;
  let constantX = true;
  let constantY = true;
  for (let i = 0; i < n; i++) {
    if (x[i] !== x[0]) constantX = false;
    if (y[i] !== y[0]) constantY = false;
    const dx = x[i]! - xMean;
    const dy = y[i]! - yMean;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  // Asked of the values: the mean of equal values may differ from them in its last bit.
  if (constantX || constantY || xx === 0 || yy === 0) return null;
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx) / Math.sqrt(yy)));
}

/** Ranks from 0, equal for equal values, without gaps. */
export function denseRanks(values: Float64Array): Int32Array {
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  const rank = new Map(distinct.map((value, index) => [value, index]));
  return Int32Array.from(values, (value) => rank.get(value) as number);
}

/** Fractional ranks of what ranks rank, be they dense or with gaps: equal values share the mean of their places (from 1). */
export function averageRanks(ranks: Int32Array): Float64Array {
  const counts = countsOf(ranks);
  const averages = new Float64Array(counts.length);
  let before = 0;
  for (let rank = 0; rank < counts.length; rank++) {
    const count = counts[rank]!;
    averages[rank] = before + (count + 1) / 2;
    before += count;
  }
  const result = new Float64Array(ranks.length);
  for (let i = 0; i < ranks.length; i++) result[i] = averages[ranks[i] as number]!;
  return result;
}

/**
 * Kendall's tau-b of two columns of dense ranks in O(n log n): discordant pairs are inversions of y in the order of x (Knight
 * 1966). Null for a constant column.
 */
export function kendallTauB(xRanks: Int32Array, yRanks: Int32Array): number | null {
  const n = xRanks.length;
  const base = n + 1;
  const keys = new Float64Array(n);
  let isSorted = true; // as resamples come: sorting would be most of their time
  for (let i = 0; i < n; i++) {
    keys[i] = xRanks[i]! * base + yRanks[i]!;
    if (i > 0 && keys[i]! < keys[i - 1]!) isSorted = false;
  }
  if (!isSorted) keys.sort();
  const pairs = (n * (n - 1)) / 2;
  const xTies = tiedPairs(countsOf(xRanks));
  const yTies = tiedPairs(countsOf(yRanks));
  let bothTies = 0;
  for (let i = 1, run = 1; i < n; i++) {
    run = keys[i] === keys[i - 1] ? run + 1 : 1;
    bothTies += run - 1;
  }
  if (xTies === pairs || yTies === pairs) return null;
  const discordant = inversions(keys, base);
  const concordantMinusDiscordant = pairs - xTies - yTies + bothTies - 2 * discordant;
  return concordantMinusDiscordant / Math.sqrt(pairs - xTies) / Math.sqrt(pairs - yTies);
}

/** Pairs i < j with a larger y at i, by a Fenwick tree over the y ranks; keys are x * base + y, sorted. */
function inversions(keys: Float64Array, base: number): number {
  const tree = new Int32Array(base + 1);
  let count = 0;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    const y = (key - base * Math.floor(key / base)) | 0; // key % base, which is slow for what may not be an integer
    let notLarger = 0;
    for (let node = y + 1; node > 0; node -= node & -node) notLarger += tree[node]!;
    count += i - notLarger;
    for (let node = y + 1; node <= base; node += node & -node) tree[node] = tree[node]! + 1;
  }
  return count;
}

function countsOf(ranks: Int32Array): Int32Array {
  const counts = new Int32Array(ranks.length);
  for (let i = 0; i < ranks.length; i++) {
    const rank = ranks[i]!;
    counts[rank] = counts[rank]! + 1;
  }
  return counts;
}

function tiedPairs(counts: Int32Array): number {
  let pairs = 0;
  for (let rank = 0; rank < counts.length; rank++) pairs += (counts[rank]! * (counts[rank]! - 1)) / 2;
  return pairs;
}
