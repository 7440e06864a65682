import { addHigh, addLow, at, storeSums } from './lanes';

// A Fenwick tree over the levels of a column: node k, from 1, holds eight i32 lanes.

/** Returns the sum over the first `levels` levels, of the half of the lanes at offset `half`. */
function prefix(tree: usize, levels: i32, half: usize): v128 {
  let sum = i32x4.splat(0);
  for (let k = levels; k > 0; k &= k - 1) sum = i32x4.add(sum, v128.load(at(tree, k) + half));
  return sum;
}

function insert(tree: usize, level: i32, levels: i32, c0: v128, c1: v128): void {
  for (let k = level + 1; k <= levels; k += k & -k) {
    const node = at(tree, k);
    v128.store(node, i32x4.add(v128.load(node), c0));
    v128.store(node, i32x4.add(v128.load(node, 16), c1), 16);
  }
}

/**
 * Counts for each item of each replicate its concordant minus its discordant pairs (Knight 1966, by counting instead of sorting): q - rank
 * x - rank y - n, with ranks as `rank` computes them. q is the sum of four counts: of the items lower in y, and of those at most as high,
 * before the item's run of equal x and up to its end.
 * @param order items by x
 * @param last 1 at the end of each run of equal x in the order, else 0
 * @param level for each item the rank of its y among the distinct values, from 0
 * @param tied for each item whether another item has the same y
 * @param tree room for `levels` + 1 nodes
 * @param agreement out: of the items in the replicate; undefined for others
 * @param score out: sum of the agreement over each replicate: twice (concordant - discordant pairs)
 */
export function agree(
  order: usize,
  last: usize,
  length: i32,
  level: usize,
  tied: usize,
  levels: i32,
  counts: usize,
  total: usize,
  xRanks: usize,
  yRanks: usize,
  tree: usize,
  agreement: usize,
  score: usize,
): void {
  memory.fill(tree, 0, (<usize>levels + 1) << 5);
  const n0 = v128.load(total);
  const n1 = v128.load(total, 16);
  let s0 = i64x2.splat(0);
  let s1 = i64x2.splat(0);
  let s2 = i64x2.splat(0);
  let s3 = i64x2.splat(0);
  for (let begin = 0; begin < length;) {
    let end = begin;
    while (!load<u8>(last + <usize>end)) end++;
    end++;
    const isAlone = end === begin + 1;
    for (let k = begin; k < end; k++) {
      const item = load<i32>(order + ((<usize>k) << 2));
      const y = load<i32>(level + ((<usize>item) << 2));
      const q = at(agreement, item);
      let q0 = i32x4.splat(0);
      let q1 = i32x4.splat(0);
      for (let node = y; node > 0; node &= node - 1) {
        const address = at(tree, node);
        q0 = i32x4.add(q0, v128.load(address));
        q1 = i32x4.add(q1, v128.load(address, 16));
      }
      if (load<u8>(tied + <usize>item)) {
        q0 = i32x4.add(q0, prefix(tree, y + 1, 0));
        q1 = i32x4.add(q1, prefix(tree, y + 1, 16));
      } else {
        q0 = i32x4.shl(q0, 1);
        q1 = i32x4.shl(q1, 1);
      }
      v128.store(q, q0);
      v128.store(q, q1, 16);
    }
    for (let k = begin; k < end; k++) {
      const item = load<i32>(order + ((<usize>k) << 2));
      const c = at(counts, item);
      insert(tree, load<i32>(level + ((<usize>item) << 2)), levels, v128.load(c), v128.load(c, 16));
    }
    for (let k = begin; k < end; k++) {
      const item = load<i32>(order + ((<usize>k) << 2));
      const y = load<i32>(level + ((<usize>item) << 2));
      const q = at(agreement, item);
      const c0 = v128.load(at(counts, item));
      const c1 = v128.load(at(counts, item), 16);
      let q0 = v128.load(q);
      let q1 = v128.load(q, 16);
      if (isAlone) {
        // what was counted before it, and once the item itself
        q0 = i32x4.add(i32x4.shl(q0, 1), c0);
        q1 = i32x4.add(i32x4.shl(q1, 1), c1);
      } else {
        q0 = i32x4.add(q0, i32x4.add(prefix(tree, y, 0), prefix(tree, y + 1, 0)));
        q1 = i32x4.add(q1, i32x4.add(prefix(tree, y, 16), prefix(tree, y + 1, 16)));
      }
      const x = at(xRanks, item);
      const r = at(yRanks, item);
      q0 = i32x4.sub(i32x4.sub(q0, n0), i32x4.add(v128.load(x), v128.load(r)));
      q1 = i32x4.sub(i32x4.sub(q1, n1), i32x4.add(v128.load(x, 16), v128.load(r, 16)));
      v128.store(q, q0);
      v128.store(q, q1, 16);
      s0 = addLow(s0, c0, q0);
      s1 = addHigh(s1, c0, q0);
      s2 = addLow(s2, c1, q1);
      s3 = addHigh(s3, c1, q1);
    }
    begin = end;
  }
  storeSums(score, s0, s1, s2, s3);
}
