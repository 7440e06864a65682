import { pearsonOfSums } from '../coefficients/moments.ts';
import type { Interval } from '../inference/intervals.ts';

/** Sums of x, y, their squares and products over the items that are left. */
class LeftSums {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly left: Set<number>;
  readonly #sums = new Float64Array(5);

  constructor(x: Float64Array, y: Float64Array) {
    [this.x, this.y] = [x, y].map(centred) as [Float64Array, Float64Array];
    this.left = new Set(x.keys());
    for (const item of this.left) this.#terms(item).forEach((term, index) => (this.#sums[index]! += term));
  }

  /** Pearson's r without one more item. */
  without(item: number): number {
    const terms = this.#terms(item);
    const [x, y, xx, yy, xy] = this.#sums.map((sum, index) => sum - terms[index]!) as unknown as Five;
    return pearsonOfSums(this.left.size - 1, x, y, xx, yy, xy);
  }

  remove(item: number): void {
    this.left.delete(item);
    this.#terms(item).forEach((term, index) => (this.#sums[index]! -= term));
  }

  #terms(item: number): Five {
    const [x, y] = [this.x[item]!, this.y[item]!];
    return [x, y, x * x, y * y, x * y];
  }
}

type Five = [number, number, number, number, number];

/** The least and the most that Pearson's r is without one of the items; null on fewer than four, or if it is undefined without any. */
export function rangeLeavingOneOut(x: Float64Array, y: Float64Array): Interval | null {
  if (x.length < 4) return null;
  const sums = new LeftSums(x, y);
  const found = [...sums.left].map((item) => sums.without(item)).filter((r) => !Number.isNaN(r));
  return found.length === 0 ? null : [Math.min(...found), Math.max(...found)];
}

/** How near r must come to the rank correlation, and the largest share of the items that may be left out for it. */
const near = 0.1;
const mostLeftOut = 0.1;

/**
 * The items that make Pearson's r differ from the rank correlation: those whose leaving out brings it nearest, one after another, until
 * it is within 0.1; none if a tenth of the items is not enough.
 */
export function architecturesBehind(x: Float64Array, y: Float64Array, rho: number): number[] {
  const sums = new LeftSums(x, y);
  const removed: number[] = [];
  while (removed.length + 1 <= mostLeftOut * x.length) {
    const distances = [...sums.left].map((item) => ({ item, distance: Math.abs(sums.without(item) - rho) }));
    const nearest = distances.reduce((least, of) => (of.distance < least.distance ? of : least), {
      item: -1,
      distance: Infinity,
    });
    if (nearest.item < 0) break;
    sums.remove(nearest.item);
    removed.push(nearest.item);
    if (nearest.distance <= near) return removed;
  }
  return [];
}

function centred(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}
