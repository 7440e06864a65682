import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { decodeImage } from '../../../../lib/datasets/images/decode.ts';
import { fastestKernel } from '../../../../lib/datasets/images/fastest-kernel.ts';
import { cropped, fitImage, longestAspect, type ImageForm } from '../../../../lib/datasets/images/fit-image.ts';
import { plainKernel } from '../../../../lib/datasets/images/plain-kernel.ts';
import { stream } from '../../../../lib/core/random.ts';
import { golden, meanDifference } from './golden.ts';

const kernel = fastestKernel();
const detail = async () => decodeImage(await golden('detail.png'));

describe('squares are the central square as Pillow resizes it (bilinear)', () => {
  test.each([37, 64, 130])('to %i pixels, within a third of a grey level', async (size) => {
    const fitted = fitImage(await detail(), { size, fit: 'square', channels: 3 }, kernel);
    expect([fitted.height, fitted.width]).toEqual([size, size]);
    expect(meanDifference(fitted.pixels, await golden(`detail.square-${size}.rgb`))).toBeLessThan(1 / 3);
  });

  test('in grey by the luma that Pillow takes', async () => {
    const fitted = fitImage(await detail(), { size: 37, fit: 'square', channels: 1 }, kernel);
    expect(fitted.channels).toBe(1);
    expect(meanDifference(fitted.pixels, await golden('detail.grey-37.bin'))).toBeLessThan(1 / 3);
  });

  test('of the right size are left as they are', async () => {
    const central = cropped(await detail(), { left: 25, top: 0, width: 100, height: 100 });
    expect(fitImage(central, { size: 100, fit: 'square', channels: 3 }, kernel).pixels).toBe(central.pixels);
  });
});

describe('whole images', () => {
  test.each([37, 64, 99])('have their short side resized to %i as OpenCV does it', async (size) => {
    const fitted = fitImage(await detail(), { size, fit: 'short-side', channels: 3 }, kernel);
    expect([fitted.height, fitted.width]).toEqual([size, Math.floor((150 / 100) * size)]);
    expect(meanDifference(fitted.pixels, await golden(`detail.short-side-${size}.rgb`))).toBeLessThan(1 / 3);
  });

  test.each([100, 101, 256])('are left as they are if their short side is at most %i', async (size) => {
    const image = await detail();
    const { pixels, height, width } = fitImage(image, { size, fit: 'short-side', channels: 3 }, kernel);
    expect([height, width]).toEqual([100, 150]);
    expect(pixels).toBe(image.pixels);
  });

  test('keep a high image high', () => {
    const image = { pixels: new Uint8Array(90 * 40 * 3), height: 90, width: 40, channels: 3 };
    const { height, width } = fitImage(image, { size: 20, fit: 'short-side', channels: 3 }, kernel);
    expect([height, width]).toEqual([45, 20]);
  });

  test('are cropped evenly at both ends if they are longer than any photo', () => {
    const width = 1000;
    const pixels = Uint8Array.from({ length: 2 * width }, (_, i) => (i % width) % 256);
    const fitted = fitImage(
      { pixels, height: 2, width, channels: 1 },
      { size: 8, fit: 'short-side', channels: 1 },
      kernel,
    );
    expect([fitted.height, fitted.width]).toEqual([2, 2 * longestAspect]);
    const left = (width - 2 * longestAspect) / 2;
    expect(fitted.pixels.subarray(0, 2 * longestAspect)).toEqual(pixels.subarray(left, left + 2 * longestAspect));
  });
});

test('grey becomes colours and colours grey', () => {
  const grey = { pixels: Uint8Array.of(0, 128, 255, 7), height: 2, width: 2, channels: 1 };
  const colours = fitImage(grey, { size: 2, fit: 'square', channels: 3 }, kernel);
  expect([...colours.pixels]).toEqual([0, 0, 0, 128, 128, 128, 255, 255, 255, 7, 7, 7]);
  expect(fitImage(colours, { size: 2, fit: 'square', channels: 1 }, kernel).pixels).toEqual(grey.pixels);
});

describe('WebAssembly with SIMD and plain JavaScript give the same bytes', () => {
  const random = stream(0, 'kernels');
  const sizes = Array.from({ length: 40 }, (_, index) => ({
    channels: index % 2 === 0 ? 3 : 1,
    height: 1 + random.integer(index < 20 ? 9 : 200),
    width: 1 + random.integer(index < 20 ? 9 : 200),
    size: 1 + random.integer(index < 20 ? 12 : 90),
  }));

  test.each(['square', 'short-side'] as const)('for images of any size, %s', (fit) => {
    expect(kernel).not.toBe(plainKernel);
    for (const { channels, height, width, size } of sizes) {
      const pixels = Uint8Array.from({ length: height * width * channels }, () => random.integer(256));
      const form: ImageForm = { size, fit, channels };
      const image = { pixels, height, width, channels };
      expect(fitImage(image, form, kernel)).toEqual(fitImage(image, form, plainKernel));
    }
  });

  test('for black, white and single pixels', () => {
    for (const value of [0, 255])
      for (const [height, width] of [
        [300, 200],
        [1, 1],
        [1, 17],
      ] as const) {
        const image = { pixels: new Uint8Array(height * width * 3).fill(value), height, width, channels: 3 };
        const fitted = fitImage(image, { size: 33, fit: 'square', channels: 3 }, kernel);
        expect(new Set(fitted.pixels)).toEqual(new Set([value]));
        expect(fitted).toEqual(fitImage(image, { size: 33, fit: 'square', channels: 3 }, plainKernel));
      }
  });

  test('for images that need more memory than is kept', () => {
    const [height, width] = [3000, 9001];
    const pixels = new Uint8Array(height * width * 3).map((_, index) => (index * 7919) >> 5);
    const image = { pixels, height, width, channels: 3 };
    const form: ImageForm = { size: 50, fit: 'square', channels: 3 };
    expect(fitImage(image, form, kernel).pixels).toEqual(fitImage(image, form, plainKernel).pixels);
    expect([...kernel.sums(pixels, 3)]).toEqual([...plainKernel.sums(pixels, 3)]);
  });
});

test('an image is kept with the SHA-256 of its pixels and the sums of its channels and of their products', () => {
  const pixels = Uint8Array.of(1, 2, 3, 10, 20, 30);
  const { hash, sums } = fitImage(
    { pixels, height: 1, width: 2, channels: 3 },
    { size: 1, fit: 'short-side', channels: 3 },
    kernel,
  );
  expect(hash).toEqual(createHash('sha256').update(pixels).digest());
  expect([...sums]).toEqual([11, 22, 33, 101, 202, 303, 404, 606, 909]);
});
