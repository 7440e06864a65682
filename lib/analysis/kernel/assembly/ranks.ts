import { addHigh, addLow, at, high, low, storeSums } from './lanes';

/** Computed in floating point, in which a product of three counts is exact. */
function weightedSquare(weight: v128, value: v128): v128 {
  return f64x2.mul(weight, f64x2.mul(value, value));
}

/**
 * Ranks a column in each replicate, by counting along the column's order.
 * @param order items by ascending value
 * @param last 1 at the end of each run of equal values in the order, else 0
 * @param ranks out: twice the distance of an item's midrank from the mean rank, an integer
 * @param ties out: number of items of the replicate with the item's value
 * @param squares out: sum over the replicate of the squared ranks; exactly 0 if the column is constant
 * @param tied out: sum over the replicate of the other items with the same value: twice the tied pairs
 */
export function rank(
  order: usize,
  last: usize,
  length: i32,
  counts: usize,
  total: usize,
  ranks: usize,
  ties: usize,
  squares: usize,
  tied: usize,
): void {
  const n0 = v128.load(total);
  const n1 = v128.load(total, 16);
  const one = i32x4.splat(1);
  let before0 = i32x4.splat(0);
  let before1 = i32x4.splat(0);
  let q0 = f64x2.splat(0);
  let q1 = f64x2.splat(0);
  let q2 = f64x2.splat(0);
  let q3 = f64x2.splat(0);
  let u0 = i64x2.splat(0);
  let u1 = i64x2.splat(0);
  let u2 = i64x2.splat(0);
  let u3 = i64x2.splat(0);
  for (let begin = 0; begin < length;) {
    let end = begin;
    let g0 = i32x4.splat(0);
    let g1 = i32x4.splat(0);
    let isLast = 0;
    while (!isLast) {
      const c = at(counts, load<i32>(order + ((<usize>end) << 2)));
      g0 = i32x4.add(g0, v128.load(c));
      g1 = i32x4.add(g1, v128.load(c, 16));
      isLast = load<u8>(last + <usize>end);
      end++;
    }
    const r0 = i32x4.sub(i32x4.add(i32x4.shl(before0, 1), g0), n0);
    const r1 = i32x4.sub(i32x4.add(i32x4.shl(before1, 1), g1), n1);
    before0 = i32x4.add(before0, g0);
    before1 = i32x4.add(before1, g1);
    for (let k = begin; k < end; k++) {
      const item = load<i32>(order + ((<usize>k) << 2));
      v128.store(at(ranks, item), r0);
      v128.store(at(ranks, item), r1, 16);
      v128.store(at(ties, item), g0);
      v128.store(at(ties, item), g1, 16);
    }
    q0 = f64x2.add(q0, weightedSquare(low(g0), low(r0)));
    q1 = f64x2.add(q1, weightedSquare(high(g0), high(r0)));
    q2 = f64x2.add(q2, weightedSquare(low(g1), low(r1)));
    q3 = f64x2.add(q3, weightedSquare(high(g1), high(r1)));
    u0 = addLow(u0, g0, i32x4.sub(g0, one));
    u1 = addHigh(u1, g0, i32x4.sub(g0, one));
    u2 = addLow(u2, g1, i32x4.sub(g1, one));
    u3 = addHigh(u3, g1, i32x4.sub(g1, one));
    begin = end;
  }
  v128.store(squares, q0);
  v128.store(squares, q1, 16);
  v128.store(squares, q2, 32);
  v128.store(squares, q3, 48);
  storeSums(tied, u0, u1, u2, u3);
}

/** Sums the products of two columns' ranks over each replicate. */
export function rankProducts(length: i32, counts: usize, a: usize, b: usize, out: usize): void {
  let s0 = i64x2.splat(0);
  let s1 = i64x2.splat(0);
  let s2 = i64x2.splat(0);
  let s3 = i64x2.splat(0);
  for (let i = 0; i < length; i++) {
    const c = at(counts, i);
    const x = at(a, i);
    const y = at(b, i);
    const x0 = i32x4.mul(v128.load(c), v128.load(x));
    const x1 = i32x4.mul(v128.load(c, 16), v128.load(x, 16));
    const y0 = v128.load(y);
    const y1 = v128.load(y, 16);
    s0 = addLow(s0, x0, y0);
    s1 = addHigh(s1, x0, y0);
    s2 = addLow(s2, x1, y1);
    s3 = addHigh(s3, x1, y1);
  }
  storeSums(out, s0, s1, s2, s3);
}
