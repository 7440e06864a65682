import { describe, expect, test } from 'vitest';
import { augmentationSchema } from '../../training/protocol.ts';
import { stream } from '../../core/random.ts';
import { drawAugmentation, noAugmentation } from '../../training/augmentation.ts';
import { cropTransforms, testTransform } from '../../training/image-transform.ts';
import type { AugmentationParameters } from '../../training/session.ts';
import { augmentedByLoops } from './resampling.ts';
import { description, openSession, randomPixels } from './sessions.ts';

const draw = (augmentation: object, count: number, imageSize: number, networkSize = imageSize, channels = 3) =>
  drawAugmentation(
    stream(3, 'augmentation'),
    augmentationSchema.parse(augmentation),
    count,
    description(imageSize, channels),
    networkSize,
  );
const cropsOf = ({ crops, flips }: AugmentationParameters) =>
  Array.from(flips, (_, image) => [...crops.subarray(4 * image, 4 * image + 4)] as [number, number, number, number]);

describe('drawn augmentation', () => {
  test('random-sized crops lie inside the image, with whole sides and the area and aspect ratio asked for', () => {
    const crops = cropsOf(draw({}, 2000, 64));
    for (const [y0, x0, y1, x1] of crops) {
      const [height, width] = [y1 - y0, x1 - x0];
      expect(Math.min(y0, x0)).toBeGreaterThanOrEqual(0);
      expect(Math.max(y1, x1)).toBeLessThanOrEqual(64);
      expect([y0, x0, y1, x1].every(Number.isInteger)).toBe(true);
      // Sides are rounded to whole pixels.
      expect((height + 0.5) * (width + 0.5)).toBeGreaterThanOrEqual(0.08 * 64 ** 2);
      expect(Math.max(height, width) - 0.5).toBeLessThanOrEqual((4 / 3) * (Math.min(height, width) + 0.5));
    }
    const meanArea = crops.reduce((sum, [y0, x0, y1, x1]) => sum + (y1 - y0) * (x1 - x0), 0) / 2000 / 64 ** 2;
    expect(meanArea).toBeGreaterThan(0.45);
    expect(meanArea).toBeLessThan(0.6);
  });

  test('a crop that never fits is the whole image', () => {
    const crops = cropsOf(draw({ crop: { kind: 'random-sized', area: [1, 1], aspectRatio: [2, 2] } }, 5, 32));
    expect(crops).toEqual(Array<number[]>(5).fill([0, 0, 32, 32]));
  });

  test('padded crops are of the network size and take every place from -padding to +padding', () => {
    const crops = cropsOf(draw({ crop: { kind: 'pad', padding: 2 } }, 500, 16));
    for (const [y0, x0, y1, x1] of crops) expect([y1 - y0, x1 - x0]).toEqual([16, 16]);
    expect([...new Set(crops.map(([y0]) => y0))].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
    expect([...new Set(crops.map(([, x0]) => x0))].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
  });

  test('about half of the images are mirrored, none where flips are off', () => {
    const mirrored = (horizontalFlip: boolean) =>
      draw({ horizontalFlip }, 1000, 8).flips.reduce((sum, flip) => sum + flip, 0);
    expect(mirrored(true)).toBeGreaterThan(430);
    expect(mirrored(true)).toBeLessThan(570);
    expect(mirrored(false)).toBe(0);
  });

  test('lighting has the standard deviation of the protocol times the eigenvalue along each component', () => {
    const { lighting } = draw({ pcaLighting: 0.5 }, 4000, 8);
    [0.2, 0.1, 0.2 / 3].forEach((eigenvalue, channel) => {
      const values = lighting.filter((_, index) => index % 3 === channel);
      const std = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
      expect(std / (0.5 * eigenvalue)).toBeGreaterThan(0.95);
      expect(std / (0.5 * eigenvalue)).toBeLessThan(1.05);
    });
    expect(draw({ pcaLighting: 0 }, 10, 8).lighting.every((value) => value === 0)).toBe(true);
  });

  test('the same stream draws the same', () => {
    expect(draw({}, 20, 32)).toEqual(draw({}, 20, 32));
  });
});

function expectClose(actual: Float32Array, expected: Float32Array, tolerance = 1e-4): void {
  expect(actual).toHaveLength(expected.length);
  const largest = actual.reduce((most, value, index) => Math.max(most, Math.abs(value - expected[index]!)), 0);
  expect(largest).toBeLessThanOrEqual(tolerance);
}

describe('the augmented images of a session agree with plain loops', () => {
  test.each([
    ['random-sized', { kind: 'random-sized' }, 13, undefined, 1],
    ['random-sized to a larger size', { kind: 'random-sized' }, 11, 16, 3],
    ['random-sized to a smaller size', { kind: 'random-sized' }, 16, 9, 4],
    ['pad', { kind: 'pad', padding: 3 }, 9, undefined, 2],
    ['pad, smaller than the image', { kind: 'pad', padding: 2 }, 15, 12, 3],
    ['none', { kind: 'none' }, 7, undefined, 3],
    ['none, resized', { kind: 'none' }, 10, 15, 1],
  ] as const)('%s', async (_, crop, imageSize, networkSize, channels) => {
    const dataset = description(imageSize, channels);
    const { session } = await openSession({
      dataset,
      protocol: { augmentation: { crop }, ...(networkSize && { imageSize: networkSize }) },
    });
    const size = networkSize ?? imageSize;
    const pixels = randomPixels(7, dataset);
    const augmentation = draw({ crop, pcaLighting: 0.3 }, 7, imageSize, size, channels);
    expectClose(
      session.augment({ images: { kind: 'streamed', pixels }, augmentation }),
      augmentedByLoops(pixels, augmentation, dataset, size, crop.kind === 'pad' ? 'zero' : 'edge'),
    );
  });

  test('resident images are those of their indices', async () => {
    const dataset = description(9, 3);
    const pixels = randomPixels(6, dataset);
    const { session } = await openSession({ dataset, residentPixels: pixels });
    const indices = Int32Array.of(4, 0, 4);
    const imageBytes = 9 * 9 * 3;
    const chosen = Uint8Array.from(
      [...indices].flatMap((index) => [...pixels.subarray(index * imageBytes, (index + 1) * imageBytes)]),
    );
    const augmentation = draw({}, 3, 9);
    expectClose(
      session.augment({ images: { kind: 'resident', indices }, augmentation }),
      augmentedByLoops(chosen, augmentation, dataset, 9, 'edge'),
    );
  });

  test('without augmentation every pixel is normalized and otherwise exactly itself', async () => {
    const dataset = { ...description(8, 1), normalization: { mean: [0], std: [1 / 255] } };
    const { session } = await openSession({ dataset });
    const pixels = randomPixels(5, dataset);
    const seen = session.augment({
      images: { kind: 'streamed', pixels },
      augmentation: noAugmentation(5, dataset),
    });
    expect([...seen]).toEqual([...pixels]);
  });

  test('a mirrored image is exactly itself from right to left', async () => {
    const dataset = { ...description(4, 1), normalization: { mean: [0], std: [1 / 255] } };
    const { session } = await openSession({ dataset });
    const pixels = Uint8Array.from({ length: 16 }, (_, index) => index);
    const augmentation = { ...noAugmentation(1, dataset), flips: Uint8Array.of(1) };
    const seen = session.augment({ images: { kind: 'streamed', pixels }, augmentation });
    expect([...seen]).toEqual([3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12]);
  });
});

describe('the test-time transform', () => {
  test('resizes to the short side and keeps the center', () => {
    // 32 pixels to 16: every output pixel is two wide; the central 8 of the 16 are pixels 8 to 24 of the 32.
    expect([...testTransform(32, 16, 8)]).toEqual([2, 0, 8.5, 0, 2, 8.5, 0, 0]);
  });

  test('leaves an image of its own size as it is', () => {
    expect([...testTransform(28, 28, 28)]).toEqual([1, 0, 0, 0, 1, 0, 0, 0]);
  });

  test('has the larger part of an odd margin above and on the left', () => {
    expect([...testTransform(9, 9, 6)]).toEqual([1, 0, 2, 0, 1, 2, 0, 0]);
  });

  test('mirrors from the right edge of a crop', () => {
    const transforms = cropTransforms({ crops: Float64Array.of(1, 2, 5, 6), flips: Uint8Array.of(1) }, 4);
    expect([...transforms]).toEqual([-1, 0, 5, 0, 1, 1, 0, 0]);
  });
});
