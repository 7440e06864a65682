import { at } from './lanes';
import { integer } from './random';

/** Draws items with replacement for one lane of a block: each draw adds one to the count of its item. */
export function draw(state: usize, draws: i32, items: i32, counts: usize, lane: i32): void {
  const base = counts + ((<usize>lane) << 2);
  for (let k = 0; k < draws; k++) {
    const address = at(base, integer(state, items));
    store<i32>(address, load<i32>(address) + 1);
  }
}

/** Copies the counts of some items, and stores their sum in each lane. */
export function gather(items: usize, length: i32, counts: usize, out: usize, total: usize): void {
  let t0 = i32x4.splat(0);
  let t1 = i32x4.splat(0);
  for (let i = 0; i < length; i++) {
    const from = at(counts, load<i32>(items + ((<usize>i) << 2)));
    const to = at(out, i);
    const c0 = v128.load(from);
    const c1 = v128.load(from, 16);
    v128.store(to, c0);
    v128.store(to, c1, 16);
    t0 = i32x4.add(t0, c0);
    t1 = i32x4.add(t1, c1);
  }
  v128.store(total, t0);
  v128.store(total, t1, 16);
}

/**
 * Shuffles values (Fisher and Yates), and copies them into one lane of f64 lanes.
 * @param state of the generator
 */
export function shuffle(state: usize, values: usize, length: i32, out: usize, lane: i32): void {
  let to = values + ((<usize>length) << 3);
  let copy = out + ((<usize>length) << 6) + ((<usize>lane) << 3);
  for (let left = length; left > 0; left--) {
    to -= 8;
    copy -= 64;
    const from = values + ((<usize>integer(state, left)) << 3);
    const value = load<f64>(from);
    store<f64>(from, load<f64>(to));
    store<f64>(to, value);
    store<f64>(copy, value);
  }
}
