import { stream } from '../../core/random.ts';
import { countBytes, lanes, type Kernel } from '../kernel/kernel.ts';

/**
 * The weightings of a sample on which every figure is computed: the sample itself, its resamples, and the sample without each
 * of its groups (the delete-one jackknife; of large samples a grouped one). All figures share them, so that they are paired.
 */
export interface Replicates {
  /** Architectures. */
  items: number;
  resamples: number;
  /** Of the jackknife: item i is of group i modulo their number; 0 without one. */
  groups: number;
  /** Generator states of the resamples, four words each. */
  states: Int32Array;
}

const mostGroups = 500;

/** The first is the sample itself, then come the resamples, then the sample without each group. */
export const replicateCount = ({ resamples, groups }: Replicates) => 1 + resamples + groups;

/** @param withJackknife which BCa intervals need */
export function replicatesOf(items: number, resamples: number, seed: number, withJackknife: boolean): Replicates {
  const groups = withJackknife ? Math.min(items, mostGroups) : 0;
  return { items, resamples, groups, states: generatorStates(resamples, seed, 'resamples') };
}

/** Independent states of the kernel's generator, four words each. */
export function generatorStates(count: number, seed: number, name: string): Int32Array {
  const random = stream(seed, name);
  return Int32Array.from({ length: 4 * count }, () => random.integer(2 ** 32));
}

/** Counts of the items in eight replicates at a time. */
export class ReplicateBlocks {
  /** Address of the counts: eight i32 lanes an item. */
  readonly counts: number;
  readonly blocks: number;
  readonly #kernel: Kernel;
  readonly #replicates: Replicates;
  readonly #state: number;

  constructor(kernel: Kernel, replicates: Replicates) {
    this.#kernel = kernel;
    this.#replicates = replicates;
    this.#state = kernel.allocate(16);
    this.counts = kernel.allocate(countBytes * replicates.items);
    this.blocks = Math.ceil(replicateCount(replicates) / lanes);
  }

  /** Fills the counts with those of a block; lanes beyond the last replicate are 0. */
  fill(block: number): void {
    const { items } = this.#replicates;
    const counts = this.#kernel.int32(this.counts, lanes * items);
    counts.fill(0);
    for (let lane = 0; lane < lanes; lane++) this.#fillLane(counts, lanes * block + lane, lane);
  }

  #fillLane(counts: Int32Array, replicate: number, lane: number): void {
    const { items, resamples, groups, states } = this.#replicates;
    if (replicate >= 1 && replicate <= resamples) {
      this.#kernel.int32(this.#state, 4).set(states.subarray(4 * (replicate - 1), 4 * replicate));
      this.#kernel.run.draw(this.#state, items, items, this.counts, lane);
      return;
    }
    const left = replicate === 0 ? -1 : replicate - 1 - resamples;
    if (left >= groups) return;
    for (let item = 0; item < items; item++) counts[lanes * item + lane] = item % groups === left ? 0 : 1;
  }
}
