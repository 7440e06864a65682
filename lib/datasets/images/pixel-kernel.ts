import type { RawImage } from '../source.ts';
import type { Resampling } from './resampling.ts';

/** Computations on pixels, in integers: every implementation gives the same results on every processor. */
export interface PixelKernel {
  /** Resizes an image along both axes: uint8, [rows.firsts.length, columns.firsts.length, channels]. */
  resize(image: RawImage, rows: Resampling, columns: Resampling): Uint8Array;
  /**
   * Exact sums over the pixels of an image with 1 or 3 channels: of each channel, then of the products of each pair of channels
   * a <= b in order.
   */
  sums(pixels: Uint8Array, channels: number): Float64Array;
}

/** Returns the number of sums of an image with the given number of channels. */
export const sumsOf = (channels: number) => channels + (channels * (channels + 1)) / 2;
