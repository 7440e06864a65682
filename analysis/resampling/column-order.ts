/** Places of values in ascending order. */
export interface ColumnOrder {
  /** Items by value. */
  order: Int32Array;
  /** 1 at the last place of each run of equal values, else 0. */
  last: Uint8Array;
  /** By item: the rank of its value among the different ones, from 0. */
  level: Int32Array;
  levels: number;
  /** By item: 1 where another one has the same value. */
  tied: Uint8Array;
}

/** Orders the values of a column; of equal ones those with the smaller value of another column come first. */
export function columnOrder(values: Float64Array, tieBreak?: Float64Array): ColumnOrder {
  const length = values.length;
  const order = Int32Array.from(values.keys()).sort(
    (a, b) => values[a]! - values[b]! || (tieBreak === undefined ? a - b : tieBreak[a]! - tieBreak[b]!),
  );
  const last = new Uint8Array(length);
  const level = new Int32Array(length);
  const tied = new Uint8Array(length);
  let levels = 0;
  order.forEach((item, place) => {
    level[item] = levels;
    const next = order[place + 1];
    if (next !== undefined && values[next] === values[item]) tied[item] = tied[next] = 1;
    else {
      last[place] = 1;
      levels++;
    }
  });
  return { order, last, level, levels, tied };
}
