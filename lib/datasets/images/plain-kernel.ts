import { sumsOf, type PixelKernel } from './pixel-kernel.ts';
import { one, type Resampling } from './resampling.ts';

/** `PixelKernel` in plain JavaScript, for processors without the SIMD that WebAssembly needs, and as a reference for the other kernel. */
export const plainKernel: PixelKernel = {
  resize({ pixels, height, width, channels }, rows, columns) {
    const between = resizeAxis(pixels, { outer: 1, length: height, inner: width * channels }, rows);
    return resizeAxis(between, { outer: rows.firsts.length, length: width, inner: channels }, columns);
  },

  sums(pixels, channels) {
    const sums = new Float64Array(sumsOf(channels));
    let at = 0;
    for (let a = 0; a < channels; a++) for (let i = a; i < pixels.length; i += channels) sums[at + a]! += pixels[i]!;
    at = channels;
    for (let a = 0; a < channels; a++)
      for (let b = a; b < channels; b++, at++)
        for (let i = 0; i < pixels.length; i += channels) sums[at]! += pixels[i + a]! * pixels[i + b]!;
    return sums;
  },
};

/** Resizes the middle axis of [outer, length, inner]. */
function resizeAxis(
  source: Uint8Array,
  { outer, length, inner }: { outer: number; length: number; inner: number },
  { firsts, weights, taps }: Resampling,
): Uint8Array {
  const target = new Uint8Array(outer * firsts.length * inner);
  let index = 0;
  for (let block = 0; block < outer; block++)
    for (let output = 0; output < firsts.length; output++) {
      const first = (block * length + firsts[output]!) * inner;
      for (let i = 0; i < inner; i++) {
        let sum = one / 2;
        for (let tap = 0; tap < taps; tap++) {
          const weight = weights[output * taps + tap]!;
          // Taps with weight 0 may reach past the end of the axis, and so past the end of the image.
          if (weight !== 0) sum += weight * source[first + tap * inner + i]!;
        }
        target[index++] = Math.floor(sum / one);
      }
    }
  return target;
}
