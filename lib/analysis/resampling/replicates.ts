import { stream, type StreamPurpose } from '../../core/streams.ts';
import { countBytes, lanes, type Kernel } from '../kernel/kernel.ts';

/** The cluster of each architecture: a group of similar networks, e.g. a family, that is resampled as a whole. */
export interface Clusters {
  count: number;
  /** By architecture: number of its cluster, from 0. */
  of: Int32Array;
}

/**
 * The weightings of a sample on which every estimate is computed: the sample itself, its resamples, and the sample without each of its
 * groups (the delete-one jackknife; of large samples a grouped one). All estimates share them and are therefore paired.
 */
export interface Replicates {
  /** Architectures. */
  items: number;
  resamples: number;
  /** Groups of the jackknife: unit i (an architecture or a cluster) belongs to group i modulo their number; 0 without a jackknife. */
  groups: number;
  /** Generator states of the resamples, four words each. */
  states: Int32Array;
  /** Null if architectures are resampled one by one. */
  clusters: Clusters | null;
}

/** Counts the independent units among some architectures. */
export const unitsOf = (rows: Int32Array, { clusters }: Pick<Replicates, 'clusters'>): number =>
  clusters === null ? rows.length : new Set(rows.map((row) => clusters.of[row]!)).size;

/** Returns the largest possible number of architectures in a replicate: the largest cluster may be drawn every time. */
export function mostDrawn({ items, clusters }: Replicates): number {
  if (clusters === null) return items;
  const sizes = new Int32Array(clusters.count);
  for (const cluster of clusters.of) sizes[cluster]!++;
  return clusters.count * Math.max(...sizes);
}

const mostGroups = 500;

/** Number of replicates: first the sample itself, then the resamples, then the sample without each group. */
export const replicateCount = ({ resamples, groups }: Replicates) => 1 + resamples + groups;

/** @param withJackknife which BCa intervals need */
export function replicatesOf(
  items: number,
  resamples: number,
  seed: number,
  withJackknife: boolean,
  clusters: Clusters | null = null,
): Replicates {
  const groups = withJackknife ? Math.min(clusters?.count ?? items, mostGroups) : 0;
  return { items, resamples, groups, states: generatorStates(resamples, seed, 'resamples'), clusters };
}

/** Returns independent states of the kernel's generator, four words each. */
export function generatorStates(count: number, seed: number, purpose: StreamPurpose): Int32Array {
  const random = stream(seed, purpose);
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
  /** Address of the counts of the clusters, in the first of eight lanes. */
  readonly #clusterCounts: number;

  constructor(kernel: Kernel, replicates: Replicates) {
    this.#kernel = kernel;
    this.#replicates = replicates;
    this.#state = kernel.allocate(16);
    this.counts = kernel.allocate(countBytes * replicates.items);
    this.#clusterCounts = kernel.allocate(countBytes * (replicates.clusters?.count ?? 0));
    this.blocks = Math.ceil(replicateCount(replicates) / lanes);
  }

  /** Fills in the counts of a block; lanes beyond the last replicate are 0. */
  fill(block: number): void {
    const { items } = this.#replicates;
    const counts = this.#kernel.int32(this.counts, lanes * items);
    counts.fill(0);
    for (let lane = 0; lane < lanes; lane++) this.#fillLane(counts, lanes * block + lane, lane);
  }

  #fillLane(counts: Int32Array, replicate: number, lane: number): void {
    const { items, resamples, groups, states, clusters } = this.#replicates;
    if (replicate >= 1 && replicate <= resamples) {
      this.#kernel.int32(this.#state, 4).set(states.subarray(4 * (replicate - 1), 4 * replicate));
      if (clusters === null) this.#kernel.run.draw(this.#state, items, items, this.counts, lane);
      else this.#drawClusters(counts, clusters, lane);
      return;
    }
    const left = replicate === 0 ? -1 : replicate - 1 - resamples;
    if (left >= groups) return;
    for (let item = 0; item < items; item++)
      counts[lanes * item + lane] = (clusters?.of[item] ?? item) % groups === left ? 0 : 1;
  }

  /** Draws as many clusters as the sample has, each with all of its architectures. */
  #drawClusters(counts: Int32Array, { count, of }: Clusters, lane: number): void {
    const drawn = this.#kernel.int32(this.#clusterCounts, lanes * count);
    drawn.fill(0);
    this.#kernel.run.draw(this.#state, count, count, this.#clusterCounts, 0);
    of.forEach((cluster, item) => (counts[lanes * item + lane] = drawn[lanes * cluster]!));
  }
}
