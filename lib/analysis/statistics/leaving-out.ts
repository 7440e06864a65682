import { pearsonOfSums } from '../coefficients/moments.ts';
import type { Interval } from '../inference/intervals.ts';

/** Sums of x, y, their squares and products over the remaining items. */
class LeftSums {
  readonly left: Set<number>;
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  readonly #sums = { x: 0, y: 0, xx: 0, yy: 0, xy: 0 };

  constructor(x: Float64Array, y: Float64Array) {
    [this.#x, this.#y] = [x, y].map(centred) as [Float64Array, Float64Array];
    this.left = new Set(x.keys());
    for (const item of this.left) this.#add(item, 1);
  }

  /** Returns Pearson's r without one more item. */
  without(item: number): number {
    const [x, y, sums] = [this.#x[item]!, this.#y[item]!, this.#sums];
    return pearsonOfSums(this.left.size - 1, sums.x - x, sums.y - y, sums.xx - x * x, sums.yy - y * y, sums.xy - x * y);
  }

  remove(item: number): void {
    this.left.delete(item);
    this.#add(item, -1);
  }

  #add(item: number, sign: 1 | -1): void {
    const [x, y, sums] = [this.#x[item]!, this.#y[item]!, this.#sums];
    sums.x += sign * x;
    sums.y += sign * y;
    sums.xx += sign * x * x;
    sums.yy += sign * y * y;
    sums.xy += sign * x * y;
  }
}

/** Returns the range of Pearson's r when one item is left out; null on fewer than four items, or if r is always undefined. */
export function rangeLeavingOneOut(x: Float64Array, y: Float64Array): Interval | null {
  if (x.length < 4) return null;
  const sums = new LeftSums(x, y);
  const found = [...sums.left].map((item) => sums.without(item)).filter((r) => !Number.isNaN(r));
  return found.length === 0 ? null : [Math.min(...found), Math.max(...found)];
}

/** The distance from the rank correlation that r must reach, and the largest share of items that may be left out to reach it. */
const near = 0.1;
const mostLeftOut = 0.1;

/**
 * Returns the items that make Pearson's r differ from the rank correlation: one at a time, the item without which r comes nearest to it,
 * until r is within 0.1; none if leaving out a tenth of the items is not enough.
 */
export function architecturesBehind(x: Float64Array, y: Float64Array, rho: number): number[] {
  const sums = new LeftSums(x, y);
  const removed: number[] = [];
  while (removed.length + 1 <= mostLeftOut * x.length) {
    let nearest = -1;
    let least = Infinity;
    for (const item of sums.left) {
      const distance = Math.abs(sums.without(item) - rho);
      if (distance < least) [nearest, least] = [item, distance];
    }
    if (nearest < 0) break;
    sums.remove(nearest);
    removed.push(nearest);
    if (least <= near) return removed;
  }
  return [];
}

function centred(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}
