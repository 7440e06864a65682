import { at, high, low } from './lanes';

/** Converts counts to f64 lanes, which `momentSums` reads many times. */
export function widen(length: i32, counts: usize, out: usize): void {
  for (let i = 0; i < length; i++) {
    const c0 = v128.load(at(counts, i));
    const c1 = v128.load(at(counts, i), 16);
    const wide = out + ((<usize>i) << 6);
    v128.store(wide, low(c0));
    v128.store(wide, high(c0), 16);
    v128.store(wide, low(c1), 32);
    v128.store(wide, high(c1), 48);
  }
}

/**
 * Sums each of some columns of fixed values over each replicate.
 * @param wide counts as `widen` makes them
 * @param columns two at a time: an item's value of the first, its value of the second, those of the next item
 * @param width number of columns; an odd last one is paired with a column of zeros, which needs room for its sums, too
 * @param out eight f64 lanes a column
 */
export function momentSums(length: i32, wide: usize, columns: usize, width: i32, out: usize): void {
  let value = columns;
  let sums = out;
  // Two columns share the loads of the counts, and their sums fill the registers.
  for (let column = 0; column < width; column += 2) {
    let a0 = f64x2.splat(0);
    let a1 = f64x2.splat(0);
    let a2 = f64x2.splat(0);
    let a3 = f64x2.splat(0);
    let b0 = f64x2.splat(0);
    let b1 = f64x2.splat(0);
    let b2 = f64x2.splat(0);
    let b3 = f64x2.splat(0);
    const end = wide + ((<usize>length) << 6);
    for (let count = wide; count < end; count += 64) {
      const a = v128.load64_splat(value);
      const b = v128.load64_splat(value, 8);
      const c0 = v128.load(count);
      const c1 = v128.load(count, 16);
      const c2 = v128.load(count, 32);
      const c3 = v128.load(count, 48);
      a0 = f64x2.add(a0, f64x2.mul(a, c0));
      a1 = f64x2.add(a1, f64x2.mul(a, c1));
      a2 = f64x2.add(a2, f64x2.mul(a, c2));
      a3 = f64x2.add(a3, f64x2.mul(a, c3));
      b0 = f64x2.add(b0, f64x2.mul(b, c0));
      b1 = f64x2.add(b1, f64x2.mul(b, c1));
      b2 = f64x2.add(b2, f64x2.mul(b, c2));
      b3 = f64x2.add(b3, f64x2.mul(b, c3));
      value += 16;
    }
    v128.store(sums, a0);
    v128.store(sums, a1, 16);
    v128.store(sums, a2, 32);
    v128.store(sums, a3, 48);
    v128.store(sums, b0, 64);
    v128.store(sums, b1, 80);
    v128.store(sums, b2, 96);
    v128.store(sums, b3, 112);
    sums += 128;
  }
}
