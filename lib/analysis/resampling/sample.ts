import { inPairs } from '../kernel/column-pairs.ts';
import { countBytes, lanes, weightBytes, type Kernel } from '../kernel/kernel.ts';
import { columnOrder, type ColumnOrder } from './column-order.ts';
import { FirstItems } from './first-items.ts';
import { Agreement, RankColumn, RankProduct, TopWeights, type Frame, type Instruction } from './instructions.ts';

/** Computes values from the sums of a block and keeps them, for the replicates from `first` on. */
type Update = (first: number) => void;

/** A sample's facts about a column that is scaled to mean 0 and standard deviation 1. */
export interface StandardisedColumn {
  /** Of the sample; the deviation is 0 if and only if the column is constant. */
  mean: number;
  deviation: number;
  /** Numbers of moment columns. */
  sum: number;
  squares: number;
}

/** The architectures that have values in all of some columns, and the computations on them in every block of replicates. */
export class Sample {
  /** Indices of its architectures in the columns. */
  readonly rows: Int32Array;
  /** By lane: architectures in the replicate, counted as often as they were drawn. */
  total: Int32Array = new Int32Array(lanes);
  /** Of its architectures, eight lanes each. */
  counts: Int32Array = new Int32Array(0);
  /** Sums of the moment columns, eight lanes each. */
  sums: Float64Array = new Float64Array(0);
  /** Results of the instructions, eight lanes each. */
  slots: Float64Array = new Float64Array(0);
  /** Computed on demand, as a large sample is not kept for long. */
  readonly #moments: (() => Float64Array)[] = [];
  readonly #instructions: Instruction[] = [];
  readonly #updates: Update[] = [];
  readonly #known = new Map<object, Map<object, Map<string, unknown>>>();
  /** Used while moment columns are computed. */
  readonly #scaledColumns = new Map<Float64Array, Float64Array>();
  #slotCount = 0;

  constructor(rows: Int32Array) {
    this.rows = rows;
  }

  /** Returns a column's values in the sample's rows. */
  valuesOf(column: Float64Array): Float64Array {
    return Float64Array.from(this.rows, (row) => column[row]!);
  }

  standardised(column: Float64Array): StandardisedColumn {
    return this.#once('standardised', column, column, () => {
      const { mean, deviation } = meanAndDeviation(this.valuesOf(column));
      const values = () => this.#scaled(column, mean, deviation);
      const squares = () => values().map((value) => value * value);
      return { mean, deviation, sum: this.#moment(values), squares: this.#moment(squares) };
    });
  }

  /** Returns the number of the moment column of a vector's own values. */
  moment(vector: Float64Array): number {
    return this.#once('moment', vector, vector, () => this.#moment(() => this.valuesOf(vector)));
  }

  /** Returns the number of the moment column of the products of two standardised columns. */
  productMoment(a: Float64Array, b: Float64Array): number {
    const [x, y] = [this.standardised(a), this.standardised(b)];
    const scaled = (column: Float64Array, { mean, deviation }: StandardisedColumn) =>
      this.#scaled(column, mean, deviation);
    return this.#once('product', a, b, () => this.#moment(() => products(scaled(a, x), scaled(b, y))));
  }

  ranks(column: Float64Array): RankColumn {
    return this.#once('ranks', column, column, () =>
      this.#add(new RankColumn(this.order(column), this.#take(RankColumn.slots))),
    );
  }

  rankProduct(a: Float64Array, b: Float64Array): RankProduct {
    const [x, y] = [this.ranks(a), this.ranks(b)];
    return this.#once('rank product', a, b, () => this.#add(new RankProduct(x, y, this.#take(RankProduct.slots))));
  }

  agreement(a: Float64Array, b: Float64Array): Agreement {
    const [x, y] = [this.ranks(a), this.ranks(b)];
    const weights = [this.#weights(a, b), this.#weights(b, a)] as const;
    return this.#once('agreement', a, b, () => this.#add(new Agreement(x, y, weights, this.#take(Agreement.slots))));
  }

  #weights(column: Float64Array, other: Float64Array): TopWeights {
    return this.#once('weights', column, tieBreakOf(column, other), () =>
      this.#add(new TopWeights(this.order(column, other))),
    );
  }

  /** Returns the order of a column; equal values are ordered by another column. */
  order(column: Float64Array, tieBreak = column): ColumnOrder {
    const other = tieBreakOf(column, tieBreak);
    return this.#once('order', column, other, () =>
      columnOrder(this.valuesOf(column), other === column ? undefined : this.valuesOf(other)),
    );
  }

  /** Returns the first items of that order in the current block, for use by what is declared later. */
  firstItems(column: Float64Array, tieBreak = column): FirstItems {
    return this.#once('first items', column, tieBreakOf(column, tieBreak), () => {
      const first = new FirstItems(this.order(column, tieBreak).order);
      this.onBlock(() => first.read(this.counts));
      return first;
    });
  }

  /** Registers a function that reads the sums of every block. */
  onBlock(update: Update): void {
    this.#updates.push(update);
  }

  /**
   * Allocates the sample's memory in a kernel.
   * @param counts address of the counts of all architectures
   * @returns `run` computes the block with the current counts; `begin` must be called once before it, after all memory is allocated
   */
  prepare(kernel: Kernel, counts: number, harmonic: number): { begin: () => void; run: Update } {
    const length = this.rows.length;
    const rows = kernel.place(this.rows);
    const own = kernel.allocate(countBytes * length);
    const total = kernel.allocate(countBytes);
    const width = this.#moments.length;
    const columns = kernel.place(
      inPairs(
        this.#moments.map((values) => values()),
        length,
      ),
    );
    const wide = kernel.allocate(weightBytes * length);
    const sums = kernel.allocate(weightBytes * 2 * Math.ceil(width / 2));
    const slots = kernel.allocate(weightBytes * this.#slotCount);
    const frame: Frame = {
      kernel,
      length,
      counts: own,
      total,
      harmonic,
      agreement: kernel.allocate(countBytes * length),
      tree: kernel.allocate(countBytes * (length + 1)),
      slot: (index) => slots + weightBytes * index,
    };
    const steps = this.#instructions.map((instruction) => instruction.prepare(frame));
    this.#scaledColumns.clear();
    return {
      begin: () => {
        this.total = kernel.int32(total, lanes);
        this.counts = kernel.int32(own, lanes * length);
        this.sums = kernel.float64(sums, lanes * width);
        this.slots = kernel.float64(slots, lanes * this.#slotCount);
      },
      run: (first) => {
        kernel.run.gather(rows, length, counts, own, total);
        kernel.run.widen(length, own, wide);
        kernel.run.momentSums(length, wide, columns, width, sums);
        for (const step of steps) step();
        for (const update of this.#updates) update(first);
      },
    };
  }

  #moment(values: () => Float64Array): number {
    return this.#moments.push(values) - 1;
  }

  #scaled(column: Float64Array, mean: number, deviation: number): Float64Array {
    const known = this.#scaledColumns.get(column);
    if (known !== undefined) return known;
    const scaled = this.valuesOf(column).map((value) => (deviation === 0 ? 0 : (value - mean) / deviation));
    this.#scaledColumns.set(column, scaled);
    return scaled;
  }

  #take(slots: number): number {
    this.#slotCount += slots;
    return this.#slotCount - slots;
  }

  #add<T extends Instruction>(instruction: T): T {
    this.#instructions.push(instruction);
    return instruction;
  }

  /** Returns what `make` made of one or two objects, from an earlier call if there was one. */
  #once<T>(kind: string, a: object, b: object, make: () => T): T {
    const ofA = this.#known.get(a) ?? new Map<object, Map<string, unknown>>();
    const ofBoth = ofA.get(b) ?? new Map<string, unknown>();
    this.#known.set(a, ofA.set(b, ofBoth));
    if (!ofBoth.has(kind)) ofBoth.set(kind, make());
    return ofBoth.get(kind) as T;
  }
}

function meanAndDeviation(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  // Compares the values, not the deviation: the mean of equal values may differ from them in its last bit.
  if (values.every((value) => value === values[0])) return { mean, deviation: 0 };
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
}

const products = (a: Float64Array, b: Float64Array) => a.map((value, index) => value * b[index]!);

const tied = new WeakMap<Float64Array, boolean>();

/** A column without ties needs no tie-break. */
const tieBreakOf = (column: Float64Array, other: Float64Array) => (hasTies(column) ? other : column);

/** Returns whether a column has equal values. */
function hasTies(column: Float64Array): boolean {
  const known = tied.get(column);
  if (known !== undefined) return known;
  const sorted = column.filter((value) => !Number.isNaN(value)).sort();
  const found = sorted.some((value, place) => value === sorted[place - 1]);
  tied.set(column, found);
  return found;
}
