import { integer } from './random';

/** Permutations whose sums are computed together, so that the columns are read once for all of them. */
const together: i32 = 4;

/** Shuffles values in place (Fisher and Yates), and copies them into every fourth place of a batch. */
function shuffle(state: usize, length: i32, values: usize, batch: usize): void {
  for (let i = length - 1; i >= 0; i--) {
    const drawn = values + ((<usize>integer(state, i + 1)) << 3);
    const place = values + ((<usize>i) << 3);
    const value = load<f64>(drawn);
    store<f64>(drawn, load<f64>(place));
    store<f64>(place, value);
    store<f64>(batch + ((<usize>i) << 5), value);
  }
}

/** Adds to a column's count where the sum of one permutation is as far from 0 as its threshold. */
function compare(sums: v128, thresholds: usize, exceedances: usize): void {
  if (abs(f64x2.extract_lane(sums, 0)) >= load<f64>(thresholds)) store<i32>(exceedances, load<i32>(exceedances) + 1);
  if (abs(f64x2.extract_lane(sums, 1)) >= load<f64>(thresholds, 8))
    store<i32>(exceedances, load<i32>(exceedances, 4) + 1, 4);
}

/**
 * How many of some random pairings of columns with one column are at least as far from 0 as thresholds.
 * @param permutations a multiple of four
 * @param columns two at a time: an item's value of the first, its value of the second, those of the next item
 * @param width how many columns, an even number
 * @param y of each item; is shuffled in place
 * @param thresholds of the absolute sum of products, one a column
 * @param batch room for four f64 an item
 * @param exceedances in and out: one i32 a column
 */
export function permute(
  state: usize,
  permutations: i32,
  length: i32,
  columns: usize,
  width: i32,
  y: usize,
  thresholds: usize,
  batch: usize,
  exceedances: usize,
): void {
  for (let done = 0; done < permutations; done += together) {
    for (let p: usize = 0; p < <usize>together; p++) shuffle(state, length, y, batch + (p << 3));
    let value = columns;
    for (let column: usize = 0; column < <usize>width; column += 2) {
      let s0 = f64x2.splat(0);
      let s1 = f64x2.splat(0);
      let s2 = f64x2.splat(0);
      let s3 = f64x2.splat(0);
      const end = batch + ((<usize>length) << 5);
      for (let factors = batch; factors < end; factors += 32) {
        const pair = v128.load(value);
        s0 = f64x2.add(s0, f64x2.mul(pair, v128.load64_splat(factors)));
        s1 = f64x2.add(s1, f64x2.mul(pair, v128.load64_splat(factors, 8)));
        s2 = f64x2.add(s2, f64x2.mul(pair, v128.load64_splat(factors, 16)));
        s3 = f64x2.add(s3, f64x2.mul(pair, v128.load64_splat(factors, 24)));
        value += 16;
      }
      const threshold = thresholds + (column << 3);
      const count = exceedances + (column << 2);
      compare(s0, threshold, count);
      compare(s1, threshold, count);
      compare(s2, threshold, count);
      compare(s3, threshold, count);
    }
  }
}
