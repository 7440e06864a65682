import { describe, expect, it } from 'vitest';
import { fitToSquare } from '../../datasets/fit-to-square.ts';

const image = (
  height: number,
  width: number,
  channels: number,
  value: (y: number, x: number, c: number) => number,
) => ({
  height,
  width,
  channels,
  pixels: Uint8Array.from({ length: height * width * channels }, (_, i) =>
    value(Math.floor(i / channels / width), Math.floor(i / channels) % width, i % channels),
  ),
});

describe('fitToSquare', () => {
  it('leaves an image of the right size as it is', () => {
    const square = image(5, 5, 3, (y, x, c) => y * 40 + x * 5 + c);
    expect(fitToSquare(square, 5, 3)).toBe(square.pixels);
  });

  it('crops the center of a wide and of a tall image, exactly', () => {
    const wide = fitToSquare(
      image(4, 8, 1, (y, x) => x * 10 + y),
      4,
      1,
    );
    expect([...wide.subarray(4, 8)]).toEqual([21, 31, 41, 51]);
    const tall = fitToSquare(
      image(9, 4, 1, (y, x) => y * 10 + x),
      4,
      1,
    );
    expect([0, 4, 8, 12].map((i) => tall[i])).toEqual([20, 30, 40, 50]);
  });

  it('enlarges by bilinear interpolation at half-pixel centers', () => {
    const ramp = image(8, 8, 1, (_, x) => x * 30);
    for (const size of [12, 16, 32]) {
      const row = fitToSquare(ramp, size, 1).subarray(0, size);
      const expected = Array.from({ length: size }, (_, x) =>
        Math.round(Math.min(7, Math.max(0, ((x + 0.5) * 8) / size - 0.5)) * 30),
      );
      expect([...row]).toEqual(expected);
    }
  });

  it('shrinks with a triangle filter twice as wide as an output pixel', () => {
    // By half: weights 1/8, 3/8, 3/8, 1/8 inside; at the border the part inside, normalized.
    const row = fitToSquare(
      image(8, 8, 1, (_, x) => (x === 3 ? 240 : 0)),
      4,
      1,
    ).subarray(0, 4);
    expect([...row]).toEqual([0, 90, 30, 0]);
    const border = fitToSquare(
      image(8, 8, 1, (_, x) => (x === 0 ? 210 : 0)),
      4,
      1,
    );
    expect(border[0]).toBe(90);
  });

  it('keeps channels apart, and a flat image flat', () => {
    const flat = fitToSquare(
      image(6, 9, 4, (_y, _x, c) => [200, 100, 255, 0][c]!),
      4,
      4,
    );
    flat.forEach((value, i) => expect(value).toBe([200, 100, 255, 0][i % 4]));
  });

  it('treats rows and columns alike', () => {
    const value = (y: number, x: number) => (y * 37 + x * 11 + y * x) % 256;
    const square = fitToSquare(image(13, 10, 1, value), 7, 1);
    const transposed = fitToSquare(
      image(10, 13, 1, (y, x) => value(x, y)),
      7,
      1,
    );
    for (let y = 0; y < 7; y++) for (let x = 0; x < 7; x++) expect(square[y * 7 + x]).toBe(transposed[x * 7 + y]);
  });

  it('refuses another number of channels', () => {
    expect(() =>
      fitToSquare(
        image(2, 2, 3, () => 0),
        2,
        1,
      ),
    ).toThrow('an image must have 1 channels, got 3');
  });
});
