import { lanes, type Kernel } from '../kernel/kernel.ts';
import { columnOrder, type ColumnOrder } from '../resampling/column-order.ts';
import type { Estimate } from '../resampling/estimate.ts';
import { ReplicateBlocks } from '../resampling/replicates.ts';
import type { AnalysisTable } from '../table/analysis-table.ts';
import type { Vector } from '../table/vectors.ts';
import { deviation, onFishersScale } from './simultaneous.ts';

/** Just enough to give the variance within a tenth: each resample reads all outcomes. */
export const imageResamples = 504;

/**
 * Returns the variance that the choice of test images adds to the variance of a rank correlation over architectures, on Fisher's scale; at
 * least 0. Architectures and images are crossed random effects: both are resampled at once (the pigeonhole bootstrap, Owen 2007), the
 * images alone, and the architectures alone, always by the resamples of all other figures. Resampling both counts the interaction of
 * architecture and image three times, resampling either alone counts it once, so the total variance is 2 (V of architectures + V of images)
 * - V of both (components of variance by several bootstraps: Beiden, Wagner and Campbell 2000).
 * @param rho of the two vectors, with its resamples
 * @param drawn by vector, its errors on resampled images
 */
export function varianceByImages(
  kernel: Kernel,
  { replicates }: Pick<AnalysisTable, 'replicates'>,
  rho: Estimate,
  rows: Int32Array,
  [a, b]: readonly [a: readonly Vector[], b: readonly Vector[]],
): number {
  const resamples = Math.min(a.length, replicates.resamples);
  const start = kernel.allocate(0);
  const blocks = new ReplicateBlocks(kernel, replicates);
  const ones = new Int32Array(rows.length).fill(1);
  const own = new Int32Array(rows.length);
  const images = new Float64Array(resamples);
  const both = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    const replicate = 1 + resample;
    if (resample === 0 || replicate % lanes === 0) blocks.fill(Math.floor(replicate / lanes));
    const counts = kernel.int32(blocks.counts, lanes * replicates.items);
    rows.forEach((row, place) => (own[place] = counts[lanes * row + (replicate % lanes)]!));
    const [x, y] = [a, b].map((vectors) => {
      const errors = vectors[resample]!;
      return columnOrder(Float64Array.from(rows, (row) => errors[row]!));
    }) as [ColumnOrder, ColumnOrder];
    images[resample] = onFishersScale(rankCorrelation(x, y, ones), rho.n);
    both[resample] = onFishersScale(rankCorrelation(x, y, own), rho.n);
  }
  kernel.release(start);
  const architectures = rho.values.subarray(1, 1 + resamples).map((value) => onFishersScale(value, rho.n));
  const [ofArchitectures, ofImages, ofBoth] = [architectures, images, both].map((values) => deviation(values) ** 2) as [
    number,
    number,
    number,
  ];
  return Math.max(0, ofArchitectures + 2 * ofImages - ofBoth);
}

/** Returns Spearman's rho of two ordered columns in which each item counts `counts` times. */
function rankCorrelation(x: ColumnOrder, y: ColumnOrder, counts: Int32Array): number {
  const [a, b] = [ranksOf(x, counts), ranksOf(y, counts)];
  let [products, squaresOfA, squaresOfB] = [0, 0, 0];
  counts.forEach((count, item) => {
    products += count * a[item]! * b[item]!;
    squaresOfA += count * a[item]! ** 2;
    squaresOfB += count * b[item]! ** 2;
  });
  return products / Math.sqrt(squaresOfA * squaresOfB);
}

/** Returns twice the distance of each item's midrank from the mean rank. */
function ranksOf({ order, last }: ColumnOrder, counts: Int32Array): Float64Array {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const ranks = new Float64Array(order.length);
  let before = 0;
  for (let begin = 0, end = 0; begin < order.length; begin = end) {
    let tied = 0;
    do tied += counts[order[end]!]!;
    while (last[end++] === 0);
    for (let place = begin; place < end; place++) ranks[order[place]!] = 2 * before + tied - all;
    before += tied;
  }
  return ranks;
}
