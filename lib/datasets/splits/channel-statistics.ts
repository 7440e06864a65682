import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { sumsOf } from '../images/pixel-kernel.ts';
import type { SplitFacts } from '../manifest.ts';

/** Mean, standard deviation and principal components of the channels of pixels. */
export type ChannelStatistics = Pick<SplitFacts, 'normalization' | 'pca'>;

/**
 * Returns channel statistics of pixels scaled to [0, 1], computed from the stored sums of each image. The sums are integers, exact up to
 * 2^53 (10^11 pixels), so the order of the images does not matter. A constant channel gets the standard deviation 1, so that normalization
 * only centres it.
 * @param sums `PixelKernel.sums` of all images
 * @param positions positions of the images to include
 * @param pixels total number of their pixels
 */
export function channelStatistics(
  sums: Float64Array,
  positions: Uint32Array,
  pixels: number,
  channels: number,
): ChannelStatistics {
  const width = sumsOf(channels);
  const totals = new Float64Array(width);
  for (const position of positions) for (let i = 0; i < width; i++) totals[i]! += sums[position * width + i]!;
  const axis = Array.from({ length: channels }, (_, channel) => channel);
  let product = channels;
  const covariance = axis.map(() => Array<number>(channels).fill(0));
  for (const a of axis)
    for (const b of axis.slice(a)) {
      // Rounding cannot make it negative: for a constant channel, the sum of squares is exactly N times the square.
      const centred = totals[product++]! - (totals[a]! * totals[b]!) / pixels;
      covariance[a]![b] = covariance[b]![a] = (a === b ? Math.max(0, centred) : centred) / pixels / 255 ** 2;
    }
  return {
    normalization: {
      mean: axis.map((channel) => totals[channel]! / pixels / 255),
      std: axis.map((channel) => Math.sqrt(covariance[channel]![channel]!) || 1),
    },
    pca: principalComponents(covariance),
  };
}

/** Returns eigenvalues in descending order with unit eigenvectors, each signed so that its largest component is positive. */
function principalComponents(covariance: number[][]): ChannelStatistics['pca'] {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(new Matrix(covariance), {
    assumeSymmetric: true,
  });
  const components = realEigenvalues
    .map((value, component) => ({ value, vector: positive(eigenvectorMatrix.getColumn(component)) }))
    .sort((a, b) => b.value - a.value);
  return {
    eigenvalues: components.map(({ value }) => Math.max(0, value)),
    eigenvectors: covariance.map((_, channel) => components.map(({ vector }) => vector[channel]!)),
  };
}

function positive(vector: number[]): number[] {
  const largest = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return largest < 0 ? vector.map((value) => -value) : vector;
}
