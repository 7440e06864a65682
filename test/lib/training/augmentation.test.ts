import { describe, expect, test } from 'vitest';
import { augmentationSchema } from '../../../lib/training/protocol.ts';
import { stream } from '../../../lib/core/random.ts';
import { drawAugmentation, noAugmentation } from '../../../lib/training/augmentation.ts';
import type { ImageExtents } from '../../../lib/training/sampling.ts';
import type { AugmentationParameters } from '../../../lib/training/session.ts';
import { trainingFraming } from '../../../lib/training/framing.ts';
import { augmentedByLoops } from './resampling.ts';
import { description, imagesOf, openSession, extentsOf, randomPixels } from './sessions.ts';

type Sizes = Pick<ImageExtents, 'heights' | 'widths'>;

const drawOf = (augmentation: object, sizes: Sizes, networkSize: number, channels = 3) =>
  drawAugmentation(
    stream(3, 'augmentation'),
    augmentationSchema.parse(augmentation),
    sizes,
    description(networkSize, channels),
    networkSize,
  );
const draw = (augmentation: object, count: number, imageSize: number, networkSize = imageSize, channels = 3) =>
  drawOf(augmentation, extentsOf({ length: count }, imageSize), networkSize, channels);
const cropsOf = ({ crops, flips }: AugmentationParameters) =>
  Array.from(flips, (_, image) => [...crops.subarray(4 * image, 4 * image + 4)] as [number, number, number, number]);

describe('drawn augmentation', () => {
  test('random-sized crops lie inside the image, with whole sides and the requested area and aspect ratio', () => {
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

  test('random-sized crops of an image that is not square cover all of it, also beside its central square', () => {
    const [height, width] = [40, 90];
    const sizes = { heights: new Uint16Array(3000).fill(height), widths: new Uint16Array(3000).fill(width) };
    const crops = cropsOf(drawOf({}, sizes, 32));
    const outside = crops.filter(([, x0, , x1]) => x1 <= (width - height) / 2 || x0 >= (width + height) / 2);
    expect(outside.length).toBeGreaterThan(50);
    expect(Math.min(...crops.map(([, x0]) => x0))).toBe(0);
    expect(Math.max(...crops.map(([, , , x1]) => x1))).toBe(width);
    expect(Math.max(...crops.map(([, , y1]) => y1))).toBeLessThanOrEqual(height);
    const meanArea = crops.reduce((sum, [y0, x0, y1, x1]) => sum + (y1 - y0) * (x1 - x0), 0) / 3000;
    expect(meanArea / (height * width)).toBeGreaterThan(0.2);
  });

  test('a crop that never fits is the central square', () => {
    const crop = { kind: 'random-sized', area: [1, 1], aspectRatio: [2, 2] };
    expect(cropsOf(draw({ crop }, 5, 32))).toEqual(Array<number[]>(5).fill([0, 0, 32, 32]));
    const wide = { heights: Uint16Array.of(32), widths: Uint16Array.of(40) };
    expect(cropsOf(drawOf({ crop }, wide, 32))).toEqual([[0, 4, 32, 36]]);
  });

  test('padded crops have the size of the network and take every position from -padding to +padding', () => {
    const crops = cropsOf(draw({ crop: { kind: 'pad', padding: 2 } }, 500, 16));
    for (const [y0, x0, y1, x1] of crops) expect([y1 - y0, x1 - x0]).toEqual([16, 16]);
    expect([...new Set(crops.map(([y0]) => y0))].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
    expect([...new Set(crops.map(([, x0]) => x0))].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
  });

  test('about half of the images are mirrored, none if flips are off', () => {
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
    const images = imagesOf(randomPixels(7, dataset), dataset);
    const augmentation = draw({ crop, pcaLighting: 0.3 }, 7, imageSize, size, channels);
    const edge = { 'random-sized': 'crop', pad: 'zero', none: 'image' } as const;
    expectClose(
      session.augment({ images, augmentation }),
      augmentedByLoops(images.pixels, images.extents, augmentation, dataset, size, edge[crop.kind]),
    );
  });

  test('resident images are chosen by their indices', async () => {
    const dataset = description(9, 3);
    const pixels = randomPixels(6, dataset);
    const { session } = await openSession({ dataset, residentPixels: pixels });
    const indices = Int32Array.of(4, 0, 4);
    const extents = extentsOf(indices, 9);
    const augmentation = draw({}, 3, 9);
    expectClose(
      session.augment({ images: { extents }, augmentation }),
      augmentedByLoops(pixels, extents, augmentation, dataset, 9, 'crop'),
    );
  });

  test('without augmentation every pixel is normalized and otherwise exactly itself', async () => {
    const dataset = { ...description(8, 1), normalization: { mean: [0], std: [1 / 255] } };
    const { session } = await openSession({ dataset });
    const images = imagesOf(randomPixels(5, dataset), dataset);
    const seen = session.augment({ images, augmentation: noAugmentation(images.extents, 1, 8) });
    expect([...seen]).toEqual([...images.pixels]);
  });

  test('a mirrored image is exactly itself from right to left', async () => {
    const dataset = { ...description(4, 1), normalization: { mean: [0], std: [1 / 255] } };
    const { session } = await openSession({ dataset });
    const images = imagesOf(
      Uint8Array.from({ length: 16 }, (_, index) => index),
      dataset,
    );
    const augmentation = { ...noAugmentation(images.extents, 1, 4), flips: Uint8Array.of(1) };
    const seen = session.augment({ images, augmentation });
    expect([...seen]).toEqual([3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12]);
  });
});

describe('images of different sizes in one batch', () => {
  const sizes = { heights: Uint16Array.of(9, 14, 11, 20), widths: Uint16Array.of(13, 8, 11, 33) };
  const areas = Array.from(sizes.heights, (height, image) => height * sizes.widths[image]!);
  const extents = {
    ...sizes,
    starts: Int32Array.from(areas, (_, image) => areas.slice(0, image).reduce((a, b) => a + b, 0)),
  };
  const pixelCount = areas.reduce((sum, area) => sum + area, 0);

  test.each([
    ['random-sized', { kind: 'random-sized' }, 'crop'],
    ['none', { kind: 'none' }, 'image'],
    ['pad', { kind: 'pad', padding: 3 }, 'zero'],
  ] as const)('%s', async (_, crop, edge) => {
    const dataset = { ...description(10, 3), fit: 'short-side' as const };
    const options = { dataset, protocol: { augmentation: { crop } } };
    const random = stream(1, 'pixels');
    const pixels = Uint8Array.from({ length: 3 * pixelCount }, () => random.integer(256));
    const augmentation = drawOf({ crop, pcaLighting: 0.3 }, sizes, 10);
    const streamed = (await openSession(options)).session.augment({ images: { extents, pixels }, augmentation });
    expectClose(streamed, augmentedByLoops(pixels, extents, augmentation, dataset, 10, edge));
    const resident = await openSession({ ...options, residentPixels: pixels });
    expect(resident.session.augment({ images: { extents }, augmentation })).toEqual(streamed);
  });
});

test('a pixel is read alone if crops lie on whole pixels, and between four if they may not', () => {
  const taps = (crop: object, dataset: object, protocol: object) =>
    trainingFraming(
      { ...description(32, 3), ...dataset },
      { augmentation: augmentationSchema.parse({ crop }), ...protocol },
    ).rule.taps;
  expect(taps({ kind: 'pad' }, {}, {})).toBe(1);
  expect(taps({ kind: 'pad' }, { fit: 'short-side' }, { imageSize: 16 })).toBe(1);
  expect(taps({ kind: 'none' }, {}, {})).toBe(1);
  expect(taps({ kind: 'none' }, {}, { imageSize: 16 })).toBe(2);
  expect(taps({ kind: 'none' }, { fit: 'short-side' }, {})).toBe(2);
  expect(taps({ kind: 'random-sized' }, {}, {})).toBe(2);
});
