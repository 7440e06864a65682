import { lanes } from '../kernel/kernel.ts';

/** The largest number of items read. */
export const mostFirst = 10;

/**
 * The first items of an order in each replicate of a block, each repeated as often as it was drawn, so that k of them are the same share of
 * the population as in the sample.
 */
export class FirstItems {
  readonly #order: Int32Array;
  readonly #items = new Int32Array(lanes * mostFirst);
  readonly #found = new Int32Array(lanes);

  constructor(order: Int32Array) {
    this.#order = order;
  }

  /** @param counts of the items, eight lanes each */
  read(counts: Int32Array): void {
    for (let lane = 0; lane < lanes; lane++) {
      let found = 0;
      for (let place = 0; found < mostFirst && place < this.#order.length; place++) {
        const item = this.#order[place]!;
        for (let copy = counts[lanes * item + lane]!; copy > 0 && found < mostFirst; copy--)
          this.#items[mostFirst * lane + found++] = item;
      }
      this.#found[lane] = found;
    }
  }

  /** Number of items found in a lane, at most ten. */
  found(lane: number): number {
    return this.#found[lane]!;
  }

  at(lane: number, place: number): number {
    return this.#items[mostFirst * lane + place]!;
  }
}
