import { expect, test } from 'vitest';
import { plainKernel } from '../../../../lib/datasets/images/plain-kernel.ts';
import { channelStatistics } from '../../../../lib/datasets/splits/channel-statistics.ts';
import { stream } from '../../../../lib/core/random.ts';

/** The statistics of images [pixels, channels] of which some count. */
function statisticsOf(images: readonly (readonly number[])[], channels: number, counted = [...images.keys()]) {
  const sums = images.flatMap((pixels) => [...plainKernel.sums(Uint8Array.from(pixels), channels)]);
  const pixels = counted.reduce((sum, image) => sum + images[image]!.length / channels, 0);
  return channelStatistics(Float64Array.from(sums), Uint32Array.from(counted), pixels, channels);
}

test('mean and deviation are those of all pixels of the images that count, in [0, 1]', () => {
  const { normalization } = statisticsOf([[0, 255], [255, 255, 0, 255], [7]], 1, [0, 1]);
  expect(normalization.mean[0]).toBeCloseTo(4 / 6, 12);
  expect(normalization.std[0]).toBeCloseTo(Math.sqrt((4 / 6) * (2 / 6)), 12);
});

test('a constant channel has the deviation 1', () => {
  expect(statisticsOf([[9, 9, 9]], 1).normalization.std).toEqual([1]);
});

test('principal components of channels that vary together: one direction, signed', () => {
  const { pca } = statisticsOf([[0, 0, 0, 255, 255, 255]], 3);
  expect(pca.eigenvalues[0]).toBeCloseTo(3 / 4, 12);
  expect(pca.eigenvalues[1]).toBeCloseTo(0, 12);
  for (const row of pca.eigenvectors) expect(row[0]).toBeCloseTo(1 / Math.sqrt(3), 12);
});

test('components rebuild the covariance and are in descending order', () => {
  const random = stream(0, 'statistics');
  const pixels = Array.from({ length: 300 }, () => [
    random.integer(256),
    random.integer(100),
    random.integer(40),
  ]).flat();
  const { pca, normalization } = statisticsOf([pixels], 3);
  expect(pca.eigenvalues).toEqual([...pca.eigenvalues].sort((a, b) => b - a));
  const variance = (channel: number) =>
    pca.eigenvalues.reduce((sum, value, k) => sum + value * pca.eigenvectors[channel]![k]! ** 2, 0);
  for (const channel of [0, 1, 2]) expect(variance(channel)).toBeCloseTo(normalization.std[channel]! ** 2, 12);
});
