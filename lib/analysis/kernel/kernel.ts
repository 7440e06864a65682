import { kernelModule } from './module.ts';

/** Number of replicates that the kernel processes side by side. */
export const lanes = 8;

/** Bytes for each item of a block: for counts, ranks or ties (i32 lanes), and for weights (f64 lanes). */
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

/** The part of the global `WebAssembly` that is used; only the types of browsers declare it. */
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
 * The WebAssembly kernel of the statistics with its memory; an instance serves one caller at a time. It exists because it processes eight
 * replicates at once in vectors: on 500 architectures plain typed arrays took 7 (sums of moments), 10 (agreement) and 20 times (ranks) as
 * long, and a table of 500 x 15 would miss its limit of four seconds.
 */
export class Kernel {
  readonly run: KernelFunctions;
  readonly #memory = new Memory({ initial: 16, maximum: mostPages });
  #end = firstAddress;

  constructor() {
    const module = new Module(Buffer.from(kernelModule, 'base64'));
    this.run = new Instance(module, { env: { memory: this.#memory } }).exports as KernelFunctions;
  }

  /** Returns the address of that many bytes, aligned to 64 and not cleared. Invalidates earlier views if the memory grows. */
  allocate(bytes: number): number {
    const address = this.#end;
    this.#end += 64 * Math.ceil(bytes / 64);
    const missing = this.#end - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / page));
    return address;
  }

  /** Frees everything allocated since `allocate` returned this address. */
  release(address: number): void {
    this.#end = address;
  }

  /** Copies an array into the memory and returns its address. */
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
