// AssemblyScript with SIMD: the two passes of a resize and the sums of an image, on pixels in this module's memory.
// Compiled to ../kernel-module.ts by `npm run build:kernels`; ../plain-kernel.ts does the same in plain TypeScript. Reads and writes
// may go up to 16 bytes past the end of a buffer.

// @ts-nocheck

/** Weights add up to 2^14; half of that is added for rounding. */
const shift: i32 = 14;
const half: i32 = 1 << (shift - 1);

/** One row of the output: the weighted sum of `taps` (even) rows of `length` bytes, the first at `source`. */
// @ts-ignore: decorators are AssemblyScript's
@inline
function blendRows(source: usize, stride: usize, weights: usize, taps: i32, length: i32, target: usize): void {
  for (let at: i32 = 0; at < length; at += 16) {
    let a = i32x4.splat(half);
    let b = a;
    let c = a;
    let d = a;
    for (let tap: i32 = 0; tap < taps; tap += 2) {
      const pixels = source + <usize>tap * stride + <usize>at;
      const pair = v128.load_splat<i32>(weights + (<usize>tap << 1));
      const upper = v128.load(pixels);
      const lower = v128.load(pixels + stride);
      const low = v128.shuffle<u8>(upper, lower, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const high = v128.shuffle<u8>(upper, lower, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      a = i32x4.add(a, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(low), pair));
      b = i32x4.add(b, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(low), pair));
      c = i32x4.add(c, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(high), pair));
      d = i32x4.add(d, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(high), pair));
    }
    const first = i16x8.narrow_i32x4_u(i32x4.shr_u(a, shift), i32x4.shr_u(b, shift));
    const second = i16x8.narrow_i32x4_u(i32x4.shr_u(c, shift), i32x4.shr_u(d, shift));
    v128.store(target + <usize>at, i8x16.narrow_i16x8_u(first, second));
  }
}

/**
 * Resizes along y: makes `rows` rows of `length` bytes each from the rows of `source`, which are `stride` bytes apart.
 * `firsts` [rows] int32 gives the first source row of each, `weights` [rows, taps] int16 the weights; taps is even.
 */
export function resizeRows(
  source: usize,
  stride: usize,
  firsts: usize,
  weights: usize,
  taps: i32,
  length: i32,
  rows: i32,
  target: usize,
): void {
  for (let y: i32 = 0; y < rows; y++) {
    const first = load<i32>(firsts + (<usize>y << 2));
    blendRows(source + <usize>first * stride, stride, weights + (<usize>(y * taps) << 1), taps, length, target);
    target += <usize>length;
  }
}

/** Resizes along x: [rows, width, 3] from [rows, sourceWidth, 3]; `firsts` and `weights` as for rows. */
export function resizeColumns3(
  source: usize,
  sourceWidth: i32,
  firsts: usize,
  weights: usize,
  taps: i32,
  width: i32,
  rows: i32,
  target: usize,
): void {
  // Two neighbouring pixels as int16 pairs: (r0 r1) (g0 g1) (b0 b1) (0 0).
  const pairs = i8x16(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1);
  const rounding = i32x4(half, half, half, 0);
  for (let y: i32 = 0; y < rows; y++) {
    let tapWeights = weights;
    for (let x: i32 = 0; x < width; x++) {
      let pixels = source + <usize>load<i32>(firsts + (<usize>x << 2)) * 3;
      let sum = rounding;
      for (let tap: i32 = 0; tap < taps; tap += 2) {
        const pair = v128.load_splat<i32>(tapWeights);
        sum = i32x4.add(sum, i32x4.dot_i16x8_s(i8x16.swizzle(v128.load(pixels), pairs), pair));
        pixels += 6;
        tapWeights += 4;
      }
      const words = i16x8.narrow_i32x4_u(i32x4.shr_u(sum, shift), sum);
      // The fourth byte is overwritten by the next pixel.
      store<i32>(target, i32x4.extract_lane(i8x16.narrow_i16x8_u(words, words), 0));
      target += 3;
    }
    source += <usize>(sourceWidth * 3);
  }
}

/** The same for images with one channel. */
export function resizeColumns1(
  source: usize,
  sourceWidth: i32,
  firsts: usize,
  weights: usize,
  taps: i32,
  width: i32,
  rows: i32,
  target: usize,
): void {
  for (let y: i32 = 0; y < rows; y++) {
    let tapWeights = weights;
    for (let x: i32 = 0; x < width; x++) {
      let pixels = source + <usize>load<i32>(firsts + (<usize>x << 2));
      let sum = half;
      for (let tap: i32 = 0; tap < taps; tap++) {
        sum += <i32>load<i16>(tapWeights) * <i32>load<u8>(pixels);
        pixels++;
        tapWeights += 2;
      }
      store<u8>(target, <u8>(sum >> shift));
      target++;
    }
    source += <usize>sourceWidth;
  }
}

/** Iterations of 16 pixels after which the 32-bit sums are flushed: 8000 * 2 * 2 * 255^2 < 2^32. */
const flushAfter: i32 = 8000;

// @ts-ignore: decorators are AssemblyScript's
@inline
function addLanes(total: usize, sums: v128): void {
  const sum =
    <f64>(<u32>i32x4.extract_lane(sums, 0)) +
    <f64>(<u32>i32x4.extract_lane(sums, 1)) +
    <f64>(<u32>i32x4.extract_lane(sums, 2)) +
    <f64>(<u32>i32x4.extract_lane(sums, 3));
  store<f64>(total, load<f64>(total) + sum);
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function products(sums: v128, a: v128, b: v128): v128 {
  const low = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(a), i16x8.extend_low_i8x16_u(b));
  const high = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(a), i16x8.extend_high_i8x16_u(b));
  return i32x4.add(sums, i32x4.add(low, high));
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function values(sums: v128, a: v128): v128 {
  return i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(a)));
}

/** Adds to `totals` (float64: r, g, b, rr, rg, rb, gg, gb, bb) the sums over an image [pixels, 3]. */
export function sums3(source: usize, pixels: i32, totals: usize): void {
  const blocks = pixels >> 4;
  let block: i32 = 0;
  while (block < blocks) {
    const end = min(blocks, block + flushAfter);
    let r = i32x4.splat(0);
    let g = r;
    let b = r;
    let rr = r;
    let rg = r;
    let rb = r;
    let gg = r;
    let gb = r;
    let bb = r;
    for (; block < end; block++) {
      const first = v128.load(source);
      const second = v128.load(source + 16);
      const third = v128.load(source + 32);
      source += 48;
      let half = v128.shuffle<u8>(first, second, 0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 0, 0, 0, 0, 0);
      const reds = v128.shuffle<u8>(half, third, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 17, 20, 23, 26, 29);
      half = v128.shuffle<u8>(first, second, 1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 0, 0, 0, 0, 0);
      const greens = v128.shuffle<u8>(half, third, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 21, 24, 27, 30);
      half = v128.shuffle<u8>(first, second, 2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 0, 0, 0, 0, 0, 0);
      const blues = v128.shuffle<u8>(half, third, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 19, 22, 25, 28, 31);
      r = values(r, reds);
      g = values(g, greens);
      b = values(b, blues);
      rr = products(rr, reds, reds);
      rg = products(rg, reds, greens);
      rb = products(rb, reds, blues);
      gg = products(gg, greens, greens);
      gb = products(gb, greens, blues);
      bb = products(bb, blues, blues);
    }
    addLanes(totals, r);
    addLanes(totals + 8, g);
    addLanes(totals + 16, b);
    addLanes(totals + 24, rr);
    addLanes(totals + 32, rg);
    addLanes(totals + 40, rb);
    addLanes(totals + 48, gg);
    addLanes(totals + 56, gb);
    addLanes(totals + 64, bb);
  }
  for (let pixel = blocks << 4; pixel < pixels; pixel++) {
    const r = <f64>load<u8>(source);
    const g = <f64>load<u8>(source + 1);
    const b = <f64>load<u8>(source + 2);
    source += 3;
    store<f64>(totals, load<f64>(totals) + r);
    store<f64>(totals + 8, load<f64>(totals + 8) + g);
    store<f64>(totals + 16, load<f64>(totals + 16) + b);
    store<f64>(totals + 24, load<f64>(totals + 24) + r * r);
    store<f64>(totals + 32, load<f64>(totals + 32) + r * g);
    store<f64>(totals + 40, load<f64>(totals + 40) + r * b);
    store<f64>(totals + 48, load<f64>(totals + 48) + g * g);
    store<f64>(totals + 56, load<f64>(totals + 56) + g * b);
    store<f64>(totals + 64, load<f64>(totals + 64) + b * b);
  }
}

/** Adds to `totals` (float64: value, value squared) the sums over an image with one channel. */
export function sums1(source: usize, pixels: i32, totals: usize): void {
  const blocks = pixels >> 4;
  let block: i32 = 0;
  while (block < blocks) {
    const end = min(blocks, block + flushAfter);
    let sum = i32x4.splat(0);
    let squares = sum;
    for (; block < end; block++) {
      const grey = v128.load(source);
      source += 16;
      sum = values(sum, grey);
      squares = products(squares, grey, grey);
    }
    addLanes(totals, sum);
    addLanes(totals + 8, squares);
  }
  for (let pixel = blocks << 4; pixel < pixels; pixel++) {
    const grey = <f64>load<u8>(source++);
    store<f64>(totals, load<f64>(totals) + grey);
    store<f64>(totals + 8, load<f64>(totals + 8) + grey * grey);
  }
}
