import type { AugmentationParameters, DatasetDescription } from '../../training/session.ts';

/** How a resampled image sees what lies outside: the nearest edge, or zero. */
export type Outside = 'edge' | 'zero';

/**
 * Crops of uint8 images [n, size, size, channels], resampled bilinearly with pixel centers at half-integers, mirrored, lit and
 * normalized: what the graph does, in plain loops. Past the edge the normalized image is repeated, or is zero.
 */
export function augmentedByLoops(
  pixels: Uint8Array,
  { crops, flips, lighting }: AugmentationParameters,
  { imageSize, channels, normalization }: DatasetDescription,
  outputSize: number,
  outside: Outside,
): Float32Array {
  const result = new Float32Array(flips.length * outputSize ** 2 * channels);
  let index = 0;
  for (let image = 0; image < flips.length; image++) {
    const [y0, x0, y1, x1] = crops.subarray(4 * image, 4 * image + 4) as unknown as [number, number, number, number];
    const pixel = (y: number, x: number, channel: number) => {
      if (outside === 'zero' && (y < 0 || x < 0 || y >= imageSize || x >= imageSize)) return 0;
      const [row, column] = [clamped(y, imageSize), clamped(x, imageSize)];
      const value = pixels[((image * imageSize + row) * imageSize + column) * channels + channel]!;
      const lit = value / 255 + lighting[image * channels + channel]!;
      return (lit - normalization.mean[channel]!) / normalization.std[channel]!;
    };
    for (let row = 0; row < outputSize; row++)
      for (let column = 0; column < outputSize; column++)
        for (let channel = 0; channel < channels; channel++) {
          const seen = flips[image] === 1 ? outputSize - 1 - column : column;
          const y = y0 + ((row + 0.5) * (y1 - y0)) / outputSize - 0.5;
          const x = x0 + ((seen + 0.5) * (x1 - x0)) / outputSize - 0.5;
          const [top, left] = [Math.floor(y), Math.floor(x)];
          const [down, right] = [y - top, x - left];
          result[index++] =
            (1 - down) * ((1 - right) * pixel(top, left, channel) + right * pixel(top, left + 1, channel)) +
            down * ((1 - right) * pixel(top + 1, left, channel) + right * pixel(top + 1, left + 1, channel));
        }
  }
  return result;
}

const clamped = (position: number, size: number) => Math.max(0, Math.min(size - 1, position));
