import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { decodeImage } from '../../../lib/datasets/images/decode.ts';
import { fastestKernel } from '../../../lib/datasets/images/fastest-kernel.ts';
import { fitImage } from '../../../lib/datasets/images/fit-image.ts';
import type { RawImage } from '../../../lib/datasets/source.ts';
import { centralCrop, sampleCrops, samplePixels, type ImageExtents } from '../../../lib/training/sampling.ts';
import { sampleForTest, testFraming } from '../../../lib/training/framing.ts';
import { description, openSession } from './sessions.ts';

type PyclsCase = { image: 'landscape' | 'portrait'; size: number } & (
  { kind: 'test'; shortSide: number } | { kind: 'train'; crop: [number, number, number, number] }
);

const cases = JSON.parse(await readFile(new URL('golden/pycls-images.json', import.meta.url), 'utf8')) as PyclsCase[];
const outputs = await readFile(new URL('golden/pycls-images.bin', import.meta.url));
const photo = await decodeImage(await readFile(new URL('../datasets/images/golden/detail.png', import.meta.url)));

/** The photo, or with rows and columns exchanged. */
function imageOf({ image }: Pick<PyclsCase, 'image'>): RawImage {
  if (image === 'landscape') return photo;
  const { height, width, channels } = photo;
  const pixels = new Uint8Array(photo.pixels.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < channels; channel++)
        pixels[(x * height + y) * channels + channel] = photo.pixels[(y * width + x) * channels + channel]!;
  return { pixels, height: width, width: height, channels };
}

const alone = ({ height, width }: RawImage): ImageExtents => ({
  starts: Int32Array.of(0),
  heights: Uint16Array.of(height),
  widths: Uint16Array.of(width),
});

/** What pycls makes of a case, in grey levels. */
function pyclsOutput(wanted: PyclsCase): Float64Array {
  const values = ({ size }: PyclsCase) => size * size * 3;
  const before = cases.slice(0, cases.indexOf(wanted)).reduce((sum, other) => sum + values(other), 0);
  return Float64Array.from({ length: values(wanted) }, (_, index) => outputs.readUInt16LE(2 * (before + index)) / 100);
}

const meanDifference = (a: ArrayLike<number>, b: Float64Array) =>
  b.reduce((sum, value, index) => sum + Math.abs(value - a[index]!), 0) / b.length;

/** A case as this project samples it: the image prepared with a largest short side. */
function sampled(wanted: PyclsCase, imageSize: number): Float64Array {
  const image = fitImage(imageOf(wanted), { size: imageSize, fit: 'short-side', channels: 3 }, fastestKernel());
  const { size } = wanted;
  if (wanted.kind === 'test') {
    const view = testFraming({ imageSize, fit: 'short-side' }, { imageSize: size, testShortSide: wanted.shortSide });
    return samplePixels(image.pixels, sampleForTest(alone(image), view), { size, taps: view.rule.taps, channels: 3 });
  }
  const samples = sampleCrops(alone(image), Float64Array.from(wanted.crop), new Uint8Array(1), size, {
    taps: 2,
    edge: 'crop',
  });
  return samplePixels(image.pixels, samples, { size, taps: 2, channels: 3 });
}

describe('images are seen as pycls sees them', () => {
  test.each(cases)('$image, $kind, $size pixels, $shortSide $crop', (wanted) => {
    // The photo's short side is 100 pixels: it is prepared as it is.
    expect(meanDifference(sampled(wanted, 256), pyclsOutput(wanted))).toBeLessThan(0.01);
  });

  test.each(cases.filter((wanted) => wanted.kind === 'test' && wanted.shortSide === 64))(
    'also where they are prepared at the size that they are tested at: $image, $size pixels',
    (wanted) => {
      expect(meanDifference(sampled(wanted, 64), pyclsOutput(wanted))).toBeLessThan(0.34);
    },
  );

  test.each(['landscape', 'portrait'] as const)('by the graph too: %s', async (image) => {
    const raw = imageOf({ image });
    const dataset = {
      ...description(256, 3),
      fit: 'short-side' as const,
      normalization: { mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255] },
    };
    const { session } = await openSession({ dataset, protocol: { imageSize: 28 } });
    for (const wanted of cases) {
      if (wanted.kind !== 'train' || wanted.image !== image) continue;
      const augmentation = {
        crops: Float64Array.from(wanted.crop),
        flips: new Uint8Array(1),
        lighting: new Float32Array(3),
      };
      const seen = session.augment({ images: { extents: alone(raw), pixels: raw.pixels }, augmentation });
      expect(meanDifference(seen, pyclsOutput(wanted))).toBeLessThan(0.01);
    }
  });
});

describe('the part used for testing', () => {
  test('is the center after a resize to the short side', () => {
    // 32 pixels to 16: the central 8 of the 16 are pixels 8 to 24 of the 32.
    expect(centralCrop(32, 32, 16, 8)).toEqual([8, 8, 24, 24]);
  });

  test('of an image of its own size is all of it', () => {
    expect(centralCrop(28, 28, 28, 28)).toEqual([0, 0, 28, 28]);
  });

  test('has the larger part of an odd margin above and on the left', () => {
    expect(centralCrop(9, 9, 9, 6)).toEqual([2, 2, 8, 8]);
  });

  test('of an image whose short side already fits is cut without a resize, whatever its long side is', () => {
    for (let long = 224; long < 800; long++) {
      const [y0, x0, y1, x1] = centralCrop(224, long, 224, 224);
      expect([y0, y1, x1 - x0, x0]).toEqual([0, 224, 224, Math.ceil((long - 224) / 2)]);
    }
  });
});

describe('samples', () => {
  const extents: ImageExtents = { starts: Int32Array.of(100), heights: Uint16Array.of(4), widths: Uint16Array.of(5) };

  test('mirror a crop from its right edge', () => {
    const { rows, columns } = sampleCrops(extents, Float64Array.of(1, 2, 4, 5), Uint8Array.of(1), 3, {
      taps: 1,
      edge: 'image',
    });
    expect([...rows]).toEqual([105, 110, 115]);
    expect([...columns]).toEqual([4, 3, 2]);
  });

  test('have no weight outside the image if the edge is zero', () => {
    const { rows, rowWeights, columnWeights } = sampleCrops(
      extents,
      Float64Array.of(-1, -2, 3, 2),
      new Uint8Array(1),
      4,
      {
        taps: 1,
        edge: 'zero',
      },
    );
    expect([...rowWeights]).toEqual([0, 1, 1, 1]);
    expect([...columnWeights]).toEqual([0, 0, 1, 1]);
    expect([...rows]).toEqual([100, 100, 105, 110]);
  });

  test('have weights that add up to exactly 1', () => {
    for (let size = 1; size < 60; size++) {
      const { rowWeights } = sampleCrops(extents, Float64Array.of(0, 0, 4, 5), new Uint8Array(1), size, {
        taps: 2,
        edge: 'image',
      });
      for (let pixel = 0; pixel < size; pixel++)
        expect(Math.fround(rowWeights[pixel]! + rowWeights[size + pixel]!)).toBe(1);
    }
  });
});
