import { inPairs } from '../kernel/column-pairs.ts';
import { countBytes, lanes, weightBytes, type Kernel } from '../kernel/kernel.ts';
import { Agreement, RankColumn, RankProduct, TopWeights, type Frame, type Instruction } from './instructions.ts';

/** Reads the sums of a block and keeps what they give, for the replicates from `first` on. */
type Update = (first: number) => void;

export interface StandardisedColumn {
  /** Of the sample. */
  mean: number;
  deviation: number;
  values: Float64Array;
  /** Numbers of moment columns. */
  sum: number;
  squares: number;
}

/** The architectures that have all of some columns, and what is computed on them in every block of replicates. */
export class Sample {
  /** Places of its architectures in the columns. */
  readonly rows: Int32Array;
  /** By lane: architectures in the replicate, counted as often as they were drawn. */
  total: Int32Array = new Int32Array(lanes);
  /** Of its architectures, eight lanes each. */
  counts: Int32Array = new Int32Array(0);
  /** Sums of the moment columns, eight lanes each. */
  sums: Float64Array = new Float64Array(0);
  /** What the instructions leave, eight lanes each. */
  slots: Float64Array = new Float64Array(0);
  readonly #moments: Float64Array[] = [];
  readonly #instructions: Instruction[] = [];
  readonly #updates: Update[] = [];
  readonly #known = new Map<unknown, Map<unknown, unknown>>();
  #slotCount = 0;

  constructor(rows: Int32Array) {
    this.rows = rows;
  }

  /** The values of a column's rows. */
  valuesOf(column: Float64Array): Float64Array {
    return this.#once(column, 'values', () => Float64Array.from(this.rows, (row) => column[row]!));
  }

  /** Number of a column, of this sample's length, whose sum is wanted in every replicate. */
  moment(values: Float64Array): number {
    return this.#once(values, 'moment', () => this.#moments.push(values) - 1);
  }

  /** A column scaled to mean 0 and standard deviation 1 (all 0 where it is constant), with the sums of it and of its squares. */
  standardised(column: Float64Array): StandardisedColumn {
    return this.#once(column, 'standardised', () => {
      const raw = this.valuesOf(column);
      const { mean, deviation } = meanAndDeviation(raw);
      const values = raw.map((value) => (deviation === 0 ? 0 : (value - mean) / deviation));
      return { mean, deviation, values, sum: this.moment(values), squares: this.moment(products(values, values)) };
    });
  }

  /** Number of the moment column of the products of two standardised columns. */
  productMoment(a: Float64Array, b: Float64Array): number {
    const [x, y] = [this.standardised(a), this.standardised(b)];
    return this.#once(x, y, () => this.moment(products(x.values, y.values)));
  }

  ranks(column: Float64Array): RankColumn {
    return this.#once(column, 'ranks', () =>
      this.#add(new RankColumn(this.valuesOf(column), this.#take(RankColumn.slots))),
    );
  }

  rankProduct(a: Float64Array, b: Float64Array): RankProduct {
    const [x, y] = [this.ranks(a), this.ranks(b)];
    return this.#once(x, y, () => this.#add(new RankProduct(x, y, this.#take(RankProduct.slots))));
  }

  agreement(a: Float64Array, b: Float64Array): Agreement {
    const [x, y] = [this.ranks(a), this.ranks(b)];
    const weights = [this.#weights(a, b), this.#weights(b, a)] as const;
    return this.#once(a, b, () => this.#add(new Agreement(x, y, weights, this.#take(Agreement.slots))));
  }

  /** Without ties the weights are the column's own, whatever it is compared with. */
  #weights(column: Float64Array, other: Float64Array): TopWeights {
    const values = this.valuesOf(column);
    const hasTies = new Set(values).size < values.length;
    return this.#once(hasTies ? values : column, hasTies ? other : 'weights', () =>
      this.#add(new TopWeights(values, hasTies ? this.valuesOf(other) : undefined)),
    );
  }

  /** What reads the sums of every block. */
  onBlock(update: Update): void {
    this.#updates.push(update);
  }

  /**
   * Takes its place in a kernel.
   * @param counts address of the counts of all architectures
   * @returns `run` computes the block whose counts are there; `begin` is called once before, when no more memory will be taken
   */
  prepare(kernel: Kernel, counts: number, harmonic: number): { begin: () => void; run: Update } {
    const length = this.rows.length;
    const rows = kernel.place(this.rows);
    const own = kernel.allocate(countBytes * length);
    const total = kernel.allocate(countBytes);
    const width = this.#moments.length;
    const columns = kernel.place(inPairs(this.#moments, length));
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

  #take(slots: number): number {
    this.#slotCount += slots;
    return this.#slotCount - slots;
  }

  #add<T extends Instruction>(instruction: T): T {
    this.#instructions.push(instruction);
    return instruction;
  }

  /** What was made of two things before, or is made now. */
  #once<T>(a: unknown, b: unknown, make: () => T): T {
    const ofA = this.#known.get(a) ?? new Map<unknown, unknown>();
    this.#known.set(a, ofA);
    if (!ofA.has(b)) ofA.set(b, make());
    return ofA.get(b) as T;
  }
}

function meanAndDeviation(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  // Asked of the values: the mean of equal ones may differ from them in its last bit.
  if (values.every((value) => value === values[0])) return { mean, deviation: 0 };
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
}

const products = (a: Float64Array, b: Float64Array) => a.map((value, index) => value * b[index]!);
