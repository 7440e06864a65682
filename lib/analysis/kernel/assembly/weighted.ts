import { at, high, low } from './lanes';

function harmonicDifference(harmonic: usize, before: i32, count: i32): f64 {
  const from = harmonic + ((<usize>before) << 3);
  return load<f64>(from + ((<usize>count) << 3)) - load<f64>(from);
}

/**
 * Computes the weight of each item in each replicate: 1 / (rank + 1) summed over its copies, with ranks counted along an order.
 * @param harmonic the harmonic numbers H(0), H(1), ... up to the largest replicate
 * @param weights out: eight f64 lanes an item
 */
export function topWeights(order: usize, length: i32, counts: usize, harmonic: usize, weights: usize): void {
  let before0 = i32x4.splat(0);
  let before1 = i32x4.splat(0);
  for (let k = 0; k < length; k++) {
    const item = load<i32>(order + ((<usize>k) << 2));
    const c0 = v128.load(at(counts, item));
    const c1 = v128.load(at(counts, item), 16);
    const w = weights + ((<usize>item) << 6);
    store<f64>(w, harmonicDifference(harmonic, i32x4.extract_lane(before0, 0), i32x4.extract_lane(c0, 0)));
    store<f64>(w, harmonicDifference(harmonic, i32x4.extract_lane(before0, 1), i32x4.extract_lane(c0, 1)), 8);
    store<f64>(w, harmonicDifference(harmonic, i32x4.extract_lane(before0, 2), i32x4.extract_lane(c0, 2)), 16);
    store<f64>(w, harmonicDifference(harmonic, i32x4.extract_lane(before0, 3), i32x4.extract_lane(c0, 3)), 24);
    store<f64>(w, harmonicDifference(harmonic, i32x4.extract_lane(before1, 0), i32x4.extract_lane(c1, 0)), 32);
    store<f64>(w, harmonicDifference(harmonic, i32x4.extract_lane(before1, 1), i32x4.extract_lane(c1, 1)), 40);
    store<f64>(w, harmonicDifference(harmonic, i32x4.extract_lane(before1, 2), i32x4.extract_lane(c1, 2)), 48);
    store<f64>(w, harmonicDifference(harmonic, i32x4.extract_lane(before1, 3), i32x4.extract_lane(c1, 3)), 56);
    before0 = i32x4.add(before0, c0);
    before1 = i32x4.add(before1, c1);
  }
}

/**
 * Sums over each replicate the f64 weights times the agreement, times the ties of x, and times the ties of y.
 * @param out three times eight f64 lanes
 */
export function weightedSums(
  length: i32,
  weights: usize,
  agreement: usize,
  xTies: usize,
  yTies: usize,
  out: usize,
): void {
  // One half of the lanes at a time: their sums fill the registers.
  for (let half: usize = 0; half < 2; half++) {
    let a0 = f64x2.splat(0);
    let a1 = f64x2.splat(0);
    let x0 = f64x2.splat(0);
    let x1 = f64x2.splat(0);
    let y0 = f64x2.splat(0);
    let y1 = f64x2.splat(0);
    const values = half << 4;
    for (let i = 0; i < length; i++) {
      const w = weights + ((<usize>i) << 6) + (half << 5);
      const w0 = v128.load(w);
      const w1 = v128.load(w, 16);
      const a = v128.load(at(agreement, i) + values);
      const x = v128.load(at(xTies, i) + values);
      const y = v128.load(at(yTies, i) + values);
      a0 = f64x2.add(a0, f64x2.mul(w0, low(a)));
      a1 = f64x2.add(a1, f64x2.mul(w1, high(a)));
      x0 = f64x2.add(x0, f64x2.mul(w0, low(x)));
      x1 = f64x2.add(x1, f64x2.mul(w1, high(x)));
      y0 = f64x2.add(y0, f64x2.mul(w0, low(y)));
      y1 = f64x2.add(y1, f64x2.mul(w1, high(y)));
    }
    const sums = out + (half << 5);
    v128.store(sums, a0);
    v128.store(sums, a1, 16);
    v128.store(sums, x0, 64);
    v128.store(sums, x1, 80);
    v128.store(sums, y0, 128);
    v128.store(sums, y1, 144);
  }
}
