import { kernelModule } from './module.ts';

/** Replicates that the kernel treats side by side. */
export const lanes = 8;

/** Bytes an item of a block: its counts, ranks or ties (i32 lanes), and its weights (f64 lanes). */
export const countBytes = 4 * lanes;
export const weightBytes = 8 * lanes;

/** The functions of `assembly/`, which describe their arguments; addresses and lengths are numbers. */
interface KernelFunctions {
  draw(state: number, draws: number, items: number, counts: number, lane: number): void;
  gather(items: number, length: number, counts: number, out: number, total: number): void;
  shuffle(state: number, values: number, length: number, out: number, lane: number): void;
  rank(
    order: number,
    last: number,
    length: number,
    counts: number,
    total: number,
    ranks: number,
    ties: number,
    squares: number,
    tied: number,
  ): void;
  rankProducts(length: number, counts: number, a: number, b: number, out: number): void;
  agree(
    order: number,
    last: number,
    length: number,
    level: number,
    tied: number,
    levels: number,
    counts: number,
    total: number,
    xRanks: number,
    yRanks: number,
    tree: number,
    agreement: number,
    score: number,
  ): void;
  topWeights(order: number, length: number, counts: number, harmonic: number, weights: number): void;
  weightedSums(length: number, weights: number, agreement: number, xTies: number, yTies: number, out: number): void;
  widen(length: number, counts: number, out: number): void;
  momentSums(length: number, wide: number, columns: number, width: number, out: number): void;
  weightedBits(bits: number, stride: number, rows: number, planes: number, planeCount: number, sums: number): void;
}

interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** What is used of the global `WebAssembly`, which only the types of browsers declare. */
const { Memory, Module, Instance } = (
  globalThis as unknown as {
    WebAssembly: {
      Memory: new (limits: { initial: number; maximum: number }) => WasmMemory;
      Module: new (bytes: Uint8Array) => object;
      Instance: new (module: object, imports: object) => { readonly exports: unknown };
    };
  }
).WebAssembly;

const page = 65536;
const mostPages = 65536;
/** The module has no data of its own; address 0 stays free. */
const firstAddress = 1024;

/**
 * The WebAssembly kernel of the statistics with its memory. One of them works for one caller at a time. Eight replicates side by side in
 * vectors are why it is there: on 500 architectures plain typed arrays took 7 (sums of moments), 10 (agreement) and 20 times (ranks) as long,
 * with which a table of 500 x 15 would take more than the four seconds that it may.
 */
export class Kernel {
  readonly run: KernelFunctions;
  readonly #memory = new Memory({ initial: 16, maximum: mostPages });
  #end = firstAddress;

  constructor() {
    const module = new Module(Buffer.from(kernelModule, 'base64'));
    this.run = new Instance(module, { env: { memory: this.#memory } }).exports as KernelFunctions;
  }

  /** Address of so many bytes, aligned to 64; they hold what was there before. Views made earlier may become void. */
  allocate(bytes: number): number {
    const address = this.#end;
    this.#end += 64 * Math.ceil(bytes / 64);
    const missing = this.#end - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / page));
    return address;
  }

  /** Gives back what was allocated since `allocate` returned an address. */
  release(address: number): void {
    this.#end = address;
  }

  /** Address of a copy of an array. */
  place(values: Int32Array | Uint8Array | Float64Array): number {
    const address = this.allocate(values.byteLength);
    this.bytes(address, values.byteLength).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    return address;
  }

  int32(address: number, length: number): Int32Array {
    return new Int32Array(this.#memory.buffer, address, length);
  }

  float64(address: number, length: number): Float64Array {
    return new Float64Array(this.#memory.buffer, address, length);
  }

  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, address, length);
  }
}
