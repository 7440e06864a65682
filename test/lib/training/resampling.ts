import type { ImageExtents, SamplingRule } from '../../../lib/training/sampling.ts';
import type { AugmentationParameters, DatasetDescription } from '../../../lib/training/session.ts';

/**
 * Crops of uint8 images, resampled bilinearly with pixel centers at half-integers, mirrored, lit and normalized: what the graph does, in
 * plain loops. Past the edge the normalized image, or its crop, is repeated, or is zero.
 */
export function augmentedByLoops(
  pixels: Uint8Array,
  { starts, heights, widths }: ImageExtents,
  { crops, flips, lighting }: AugmentationParameters,
  { channels, normalization }: Pick<DatasetDescription, 'channels' | 'normalization'>,
  outputSize: number,
  edge: SamplingRule['edge'],
): Float32Array {
  const result = new Float32Array(flips.length * outputSize ** 2 * channels);
  let index = 0;
  for (let image = 0; image < flips.length; image++) {
    const [y0, x0, y1, x1] = crops.subarray(4 * image, 4 * image + 4) as unknown as [number, number, number, number];
    const [height, width] = [heights[image]!, widths[image]!];
    const [top, left, bottom, right] = edge === 'crop' ? [y0, x0, y1, x1] : [0, 0, height, width];
    const pixel = (y: number, x: number, channel: number) => {
      if (edge === 'zero' && (y < 0 || x < 0 || y >= height || x >= width)) return 0;
      const row = Math.max(top, Math.min(bottom - 1, y));
      const column = Math.max(left, Math.min(right - 1, x));
      const value = pixels[(starts[image]! + row * width + column) * channels + channel]!;
      const lit = value / 255 + lighting[image * channels + channel]!;
      return (lit - normalization.mean[channel]!) / normalization.std[channel]!;
    };
    for (let row = 0; row < outputSize; row++)
      for (let column = 0; column < outputSize; column++)
        for (let channel = 0; channel < channels; channel++) {
          const seen = flips[image] === 1 ? outputSize - 1 - column : column;
          const y = y0 + ((row + 0.5) * (y1 - y0)) / outputSize - 0.5;
          const x = x0 + ((seen + 0.5) * (x1 - x0)) / outputSize - 0.5;
          const [above, before] = [Math.floor(y), Math.floor(x)];
          const [down, along] = [y - above, x - before];
          result[index++] =
            (1 - down) * ((1 - along) * pixel(above, before, channel) + along * pixel(above, before + 1, channel)) +
            down * ((1 - along) * pixel(above + 1, before, channel) + along * pixel(above + 1, before + 1, channel));
        }
  }
  return result;
}
