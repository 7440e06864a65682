import { expect, it } from 'vitest';
import { PixelStatistics } from '../../datasets/pixel-statistics.ts';
import { stream } from '../../core/random.ts';

function statisticsOf(channels: number, ...images: number[][]): PixelStatistics {
  const statistics = new PixelStatistics(channels);
  for (const image of images) statistics.add(Uint8Array.from(image));
  return statistics;
}

it('mean and standard deviation are those of the pixels in [0, 1], by channel', () => {
  const { mean, std } = statisticsOf(2, [0, 51, 255, 51], [0, 153, 255, 153]).normalization();
  expect(mean[0]).toBeCloseTo(0.5, 12);
  expect(std[0]).toBeCloseTo(0.5, 12);
  expect(mean[1]).toBeCloseTo(0.4, 12);
  expect(std[1]).toBeCloseTo(0.2, 12);
});

it('a constant channel has deviation 1, so that normalizing centres it', () => {
  expect(statisticsOf(1, [77, 77, 77]).normalization()).toEqual({ mean: [77 / 255], std: [1] });
});

it('the order of the images does not matter, to the bit', () => {
  const random = stream(0, 'pixels');
  const images = Array.from({ length: 20 }, () => Array.from({ length: 300 }, () => random.integer(256)));
  const a = statisticsOf(3, ...images);
  const b = statisticsOf(3, ...images.reverse());
  expect(a.normalization()).toEqual(b.normalization());
  expect(a.pca()).toEqual(b.pca());
});

it('the principal components rebuild the covariance, in descending order, with orthonormal columns', () => {
  const random = stream(1, 'pixels');
  const image = Array.from({ length: 500 }, () => {
    const shade = random.integer(200);
    return [shade, shade + random.integer(30), 255 - shade - random.integer(50)];
  });
  const { eigenvalues, eigenvectors } = statisticsOf(3, image.flat()).pca();
  const mean = [0, 1, 2].map((c) => image.reduce((sum, pixel) => sum + pixel[c]! / 255, 0) / image.length);
  for (const a of [0, 1, 2])
    for (const b of [0, 1, 2]) {
      const covariance =
        image.reduce((sum, pixel) => sum + (pixel[a]! / 255 - mean[a]!) * (pixel[b]! / 255 - mean[b]!), 0) /
        image.length;
      const rebuilt = [0, 1, 2].reduce(
        (sum, k) => sum + eigenvectors[a]![k]! * eigenvalues[k]! * eigenvectors[b]![k]!,
        0,
      );
      expect(rebuilt).toBeCloseTo(covariance, 10);
      const product = [0, 1, 2].reduce((sum, c) => sum + eigenvectors[c]![a]! * eigenvectors[c]![b]!, 0);
      expect(product).toBeCloseTo(a === b ? 1 : 0, 10);
    }
  expect(eigenvalues).toEqual([...eigenvalues].sort((a, b) => b - a));
});

it('grey images have one component: the variance along 1', () => {
  expect(statisticsOf(1, [0, 255]).pca()).toEqual({ eigenvalues: [0.25], eigenvectors: [[1]] });
});
