/** The ascending order of a column's values. */
export interface ColumnOrder {
  /** Items by value. */
  order: Int32Array;
  /** 1 at the end of each run of equal values in the order, else 0. */
  last: Uint8Array;
  /** By item: the rank of its value among the distinct ones, from 0. */
  level: Int32Array;
  levels: number;
  /** By item: 1 if another item has the same value, else 0. */
  tied: Uint8Array;
}

/**
 * Orders the values of a column, none of which may be NaN. Equal values are ordered by another column if it is given, then by their place.
 */
export function columnOrder(values: Float64Array, tieBreak?: Float64Array): ColumnOrder {
  const { level, levels } = levelsOf(values);
  const before = tieBreak === undefined || levels === values.length ? undefined : columnOrder(tieBreak).order;
  const { order, ends } = countingSort(level, levels, before);
  const last = new Uint8Array(values.length);
  for (const end of ends) last[end - 1] = 1;
  const tied = Uint8Array.from(level, (own) => (ends[own]! - (own === 0 ? 0 : ends[own - 1]!) > 1 ? 1 : 0));
  return { order, last, level, levels, tied };
}

/** Returns by item the rank of its value among the distinct ones: sorting plain numbers is much faster than sorting by a function. */
function levelsOf(values: Float64Array): { level: Int32Array; levels: number } {
  const sorted = Float64Array.from(values).sort();
  let levels = 0;
  for (let place = 0; place < sorted.length; place++)
    if (place === 0 || sorted[place] !== sorted[place - 1]) sorted[levels++] = sorted[place]!;
  const level = Int32Array.from(values, (value) => {
    let [low, high] = [0, levels - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  });
  return { level, levels };
}

/** Returns the items by level, within a level in the given order, and the end of each level. */
function countingSort(level: Int32Array, levels: number, before: Int32Array | undefined) {
  const ends = new Int32Array(levels);
  for (const own of level) ends[own]!++;
  for (let own = 1; own < levels; own++) ends[own]! += ends[own - 1]!;
  const next = Int32Array.from(ends, (_, own) => (own === 0 ? 0 : ends[own - 1]!));
  const order = new Int32Array(level.length);
  for (let place = 0; place < level.length; place++) {
    const item = before === undefined ? place : before[place]!;
    order[next[level[item]!]!++] = item;
  }
  return { order, ends };
}
