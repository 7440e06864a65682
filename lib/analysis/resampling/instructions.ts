import { countBytes, weightBytes, type Kernel } from '../kernel/kernel.ts';
import type { ColumnOrder } from './column-order.ts';

/** Kernel addresses of what the instructions of a sample share. */
export interface Frame {
  kernel: Kernel;
  /** Items of the sample. */
  length: number;
  counts: number;
  total: number;
  /** Harmonic numbers H(0), H(1), ... */
  harmonic: number;
  /** Scratch space that instructions use one after the other: an agreement, and a Fenwick tree. */
  agreement: number;
  tree: number;
  /** Address of a slot of eight f64 lanes. */
  slot: (index: number) => number;
}

/** A computation that is repeated for every block of replicates. */
export interface Instruction {
  /** Allocates memory, once; the returned function is run for every block. */
  prepare(frame: Frame): () => void;
}

/** Ranks of a column. Slots: sum of the squared ranks, exactly 0 if a replicate is constant; twice the tied pairs. */
export class RankColumn implements Instruction {
  static readonly slots = 2;
  readonly ordered: ColumnOrder;
  readonly slot: number;
  order = 0;
  last = 0;
  level = 0;
  levels = 0;
  tied = 0;
  ranks = 0;
  ties = 0;

  constructor(ordered: ColumnOrder, slot: number) {
    this.ordered = ordered;
    this.slot = slot;
  }

  prepare({ kernel, length, counts, total, slot }: Frame): () => void {
    const { order, last, level, levels, tied } = this.ordered;
    this.levels = levels;
    this.order = kernel.place(order);
    this.last = kernel.place(last);
    this.level = kernel.place(level);
    this.tied = kernel.place(tied);
    this.ranks = kernel.allocate(countBytes * length);
    this.ties = kernel.allocate(countBytes * length);
    const [squares, tiedPairs] = [slot(this.slot), slot(this.slot + 1)];
    return () =>
      kernel.run.rank(this.order, this.last, length, counts, total, this.ranks, this.ties, squares, tiedPairs);
  }
}

/** Slot: the sum of the products of two columns' ranks. */
export class RankProduct implements Instruction {
  static readonly slots = 1;
  readonly x: RankColumn;
  readonly y: RankColumn;
  readonly slot: number;

  constructor(x: RankColumn, y: RankColumn, slot: number) {
    this.x = x;
    this.y = y;
    this.slot = slot;
  }

  prepare({ kernel, length, counts, slot }: Frame): () => void {
    const out = slot(this.slot);
    return () => kernel.run.rankProducts(length, counts, this.x.ranks, this.y.ranks, out);
  }
}

/** Hyperbolic weights of the items by their ranks in an order. */
export class TopWeights implements Instruction {
  readonly ordered: ColumnOrder;
  weights = 0;

  constructor(ordered: ColumnOrder) {
    this.ordered = ordered;
  }

  prepare({ kernel, length, counts, harmonic }: Frame): () => void {
    const order = kernel.place(this.ordered.order);
    this.weights = kernel.allocate(weightBytes * length);
    return () => kernel.run.topWeights(order, length, counts, harmonic, this.weights);
  }
}

/**
 * Agreement of two columns. Slots: twice (concordant - discordant pairs); then, for the weights by x and again for those by y, the weighted
 * sums of agreement, ties of x and ties of y.
 */
export class Agreement implements Instruction {
  static readonly slots = 7;
  readonly x: RankColumn;
  readonly y: RankColumn;
  readonly weights: readonly [x: TopWeights, y: TopWeights];
  readonly slot: number;

  constructor(x: RankColumn, y: RankColumn, weights: readonly [TopWeights, TopWeights], slot: number) {
    this.x = x;
    this.y = y;
    this.weights = weights;
    this.slot = slot;
  }

  prepare({ kernel, length, counts, total, agreement, tree, slot }: Frame): () => void {
    const { x, y } = this;
    const { run } = kernel;
    const [score, byX, byY] = [0, 1, 4].map((index) => slot(this.slot + index)) as [number, number, number];
    return () => {
      run.agree(
        x.order,
        x.last,
        length,
        y.level,
        y.tied,
        y.levels,
        counts,
        total,
        x.ranks,
        y.ranks,
        tree,
        agreement,
        score,
      );
      run.weightedSums(length, this.weights[0].weights, agreement, x.ties, y.ties, byX);
      run.weightedSums(length, this.weights[1].weights, agreement, x.ties, y.ties, byY);
    };
  }
}
