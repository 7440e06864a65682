import { lanes, type Kernel } from '../kernel/kernel.ts';
import type { Estimate } from './estimate.ts';
import { ReplicateBlocks, mostDrawn, replicateCount, unitsOf, type Replicates } from './replicates.ts';
import { Sample } from './sample.ts';

/** Called with the share of the work done, in (0, 1]. */
export type OnProgress = (done: number) => void;

/**
 * Estimates that are computed together, on the same replicates: first all are declared, then `run` fills in their values. A column holds a
 * number for each architecture, NaN if it has none; columns are compared by identity.
 */
export class Measurement {
  /** H(0), H(1), ... up to the largest number of architectures in a replicate. */
  readonly harmonic: Float64Array;
  readonly #replicates: Replicates;
  readonly #mostBytes: number;
  readonly #samples = new Map<string, Sample>();
  readonly #masks = new Map<Float64Array, Uint8Array>();

  /** @param mostBytes of kernel memory that a pass over the replicates may take; if the figures need more, there are several passes */
  constructor(replicates: Replicates, mostBytes = 128 * 2 ** 20) {
    this.#replicates = replicates;
    this.#mostBytes = mostBytes;
    this.harmonic = harmonicNumbers(mostDrawn(replicates));
  }

  /** Returns the sample of the architectures that have all of the columns; the same object for the same architectures. */
  sample(...columns: readonly Float64Array[]): Sample {
    const masks = columns.map((column) => this.#mask(column));
    const whole = masks[0]!.map((_, row) => (masks.every((mask) => mask[row] === 1) ? 1 : 0));
    const key = Buffer.from(whole).toString('latin1');
    const known = this.#samples.get(key);
    if (known !== undefined) return known;
    const sample = new Sample(Int32Array.from(whole.keys()).filter((row) => whole[row] === 1));
    this.#samples.set(key, sample);
    return sample;
  }

  /**
   * Declares an estimate on a sample: `of` returns its value in a lane of the current block, in which `total` architectures were drawn.
   * Undefined on fewer than three architectures.
   */
  declare(sample: Sample, of: (lane: number, total: number) => number): Estimate {
    const estimate = this.#undefinedOn(sample);
    const { values } = estimate;
    this.#onLanes(sample, values.length, (replicate, lane, total) => (values[replicate] = of(lane, total)));
    return estimate;
  }

  /**
   * Declares several estimates that are computed together; undefined on fewer than three architectures.
   * @param compute fills in their values in a lane of the current block; values not filled in are undefined
   */
  declareAll(
    sample: Sample,
    count: number,
    compute: (lane: number, total: number, out: Float64Array) => void,
  ): Estimate[] {
    const all = Array.from({ length: count }, () => this.#undefinedOn(sample));
    const out = new Float64Array(count);
    this.#onLanes(sample, all[0]?.values.length ?? 0, (replicate, lane, total) => {
      out.fill(NaN);
      compute(lane, total, out);
      for (let index = 0; index < count; index++) all[index]!.values[replicate] = out[index]!;
    });
    return all;
  }

  #undefinedOn(sample: Sample): Estimate {
    const replicates = replicateCount(this.#replicates);
    return { n: unitsOf(sample.rows, this.#replicates), values: new Float64Array(replicates).fill(NaN) };
  }

  #onLanes(sample: Sample, replicates: number, each: (replicate: number, lane: number, total: number) => void): void {
    if (sample.rows.length < 3) return;
    sample.onBlock((first) => {
      const active = Math.min(lanes, replicates - first);
      for (let lane = 0; lane < active; lane++) each(first + lane, lane, sample.total[lane]!);
    });
  }

  /** Computes all declared estimates. */
  run(kernel: Kernel, onProgress?: OnProgress): void {
    const samples = [...this.#samples.values()];
    for (let begin = 0; begin < samples.length;) {
      const start = kernel.allocate(0);
      const blocks = new ReplicateBlocks(kernel, this.#replicates);
      const harmonic = kernel.place(this.harmonic);
      const steps = [];
      do steps.push(samples[begin++]!.prepare(kernel, blocks.counts, harmonic));
      while (begin < samples.length && kernel.allocate(0) - start < this.#mostBytes);
      for (const step of steps) step.begin();
      for (let block = 0; block < blocks.blocks; block++) {
        blocks.fill(block);
        for (const step of steps) step.run(lanes * block);
        onProgress?.((begin - steps.length + (steps.length * (block + 1)) / blocks.blocks) / samples.length);
      }
      kernel.release(start);
    }
  }

  #mask(column: Float64Array): Uint8Array {
    const known = this.#masks.get(column);
    if (known !== undefined) return known;
    const mask = Uint8Array.from(column, (value) => (Number.isNaN(value) ? 0 : 1));
    this.#masks.set(column, mask);
    return mask;
  }
}

/** Returns H(0), H(1), ... H(last). */
function harmonicNumbers(last: number): Float64Array {
  const numbers = new Float64Array(last + 1);
  for (let k = 1; k <= last; k++) numbers[k] = numbers[k - 1]! + 1 / k;
  return numbers;
}
