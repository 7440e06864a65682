/** The integer weights with which each pixel along one axis of a resized image is computed from source pixels. */
export interface Resampling {
  /** For each output pixel, the first source pixel that contributes to it. */
  firsts: Int32Array;
  /** [output pixels, taps]: weights of that source pixel and the ones after it; each row adds up to `one`. */
  weights: Int16Array;
  /** Weights per output pixel, an even number; unneeded ones are 0. */
  taps: number;
}

/** The sum of a pixel's weights. */
export const one = 1 << 14;

/** Part of an axis, in source pixels. */
export interface Span {
  start: number;
  length: number;
}

/**
 * Resamples a span of an axis of `length` pixels to `size` pixels by a triangle filter at half-pixel centers.
 * @param antialias whether the filter is widened if the span shrinks, like the antialiased bilinear filters of Pillow and TensorFlow;
 *   otherwise each pixel is interpolated between its two neighbours, like OpenCV's bilinear filter, which pycls uses
 */
export function resampling(span: Span, length: number, size: number, antialias: boolean): Resampling {
  const scale = span.length / size;
  const support = antialias ? Math.max(1, scale) : 1;
  const rows = Array.from({ length: size }, (_, index) => {
    const center = span.start + (index + 0.5) * scale;
    const first = Math.max(0, Math.floor(center - support + 0.5));
    const end = Math.min(length, Math.ceil(center + support - 0.5));
    return { first, shares: triangle(center - first - 0.5, support, end - first) };
  });
  const needed = Math.max(...rows.map(({ shares }) => shares.length));
  const taps = needed + (needed % 2);
  const firsts = Int32Array.from(rows, ({ first }) => first);
  const weights = new Int16Array(size * taps);
  rows.forEach(({ shares }, index) => weights.set(inIntegers(shares), index * taps));
  return { firsts, weights, taps };
}

/** Returns the weights of `count` pixels, by their distance from `center`. */
const triangle = (center: number, support: number, count: number) =>
  Array.from({ length: count }, (_, k) => Math.max(0, 1 - Math.abs(k - center) / support));

/** Converts weights to integers that add up to `one`; the rounding remainder goes to the largest. */
function inIntegers(shares: readonly number[]): number[] {
  const total = shares.reduce((sum, share) => sum + share, 0);
  const integers = shares.map((share) => Math.round((share / total) * one));
  const left = one - integers.reduce((sum, weight) => sum + weight, 0);
  integers[integers.indexOf(Math.max(...integers))]! += left;
  return integers;
}
