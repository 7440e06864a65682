import { DatasetError } from './dataset-error.ts';
import type { RawImage } from './split-source.ts';

/**
 * An image as a square: its central square resized to `size` with a triangle filter at half-pixel centers: bilinear where it
 * enlarges, antialiased where it shrinks, as Pillow's and TensorFlow's bilinear with antialiasing. Computed here rather than by
 * an image library so that the bytes, and with them a dataset's digest, are the same on every machine.
 * @returns uint8, [size, size, channels]; an image of the right size as it is
 * @throws DatasetError where the image has another number of channels
 */
export function fitToSquare(image: RawImage, size: number, channels: number): Uint8Array {
  const { height, width, pixels } = image;
  if (image.channels !== channels)
    throw new DatasetError(`an image must have ${channels} channels, got ${image.channels}`);
  if (height === size && width === size) return pixels;
  const side = Math.min(height, width);
  const columns = Array.from({ length: size }, (_, x) => taps(x, size, side, width));
  const rows = Array.from({ length: size }, (_, y) => taps(y, size, side, height));

  const top = rows[0]!.first;
  const bottom = rows[size - 1]!.first + rows[size - 1]!.weights.length;
  const narrowed = new Float64Array((bottom - top) * size * channels); // [bottom - top, size, channels]
  for (let y = top; y < bottom; y++)
    columns.forEach(({ first, weights }, x) => {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) sum += weights[k]! * pixels[(y * width + first + k) * channels + c]!;
        narrowed[((y - top) * size + x) * channels + c] = sum;
      }
    });

  const rowLength = size * channels;
  const result = new Uint8Array(size * rowLength);
  rows.forEach(({ first, weights }, y) => {
    for (let i = 0; i < rowLength; i++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * narrowed[(first - top + k) * rowLength + i]!;
      result[y * rowLength + i] = Math.round(sum);
    }
  });
  return result;
}

/**
 * Which source pixels along one axis make output pixel `index`, and their weights, which add up to 1.
 * @param side source pixels of the central square
 * @param length source pixels of the axis
 */
function taps(index: number, size: number, side: number, length: number): { first: number; weights: number[] } {
  const scale = side / size;
  const support = Math.max(1, scale);
  const center = Math.floor((length - side) / 2) + (index + 0.5) * scale;
  const first = Math.max(0, Math.floor(center - support + 0.5));
  const end = Math.min(length, Math.ceil(center + support - 0.5));
  const weights = Array.from({ length: end - first }, (_, k) =>
    Math.max(0, 1 - Math.abs(first + k + 0.5 - center) / support),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return { first, weights: weights.map((weight) => weight / total) };
}
