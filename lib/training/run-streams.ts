import type { RandomStream } from '../core/random.ts';
import { stream, type RunPurpose } from '../core/streams.ts';
import { architectureIdentity, type Architecture } from '../design-space/architecture.ts';

/** What holds the random numbers of a run fixed. */
export interface StreamKey {
  seed: number;
  architecture: Architecture;
  /** Digest of the prepared dataset. */
  dataset: string;
}

/**
 * A random stream of a run. It is keyed by seed, architecture, dataset and purpose, not by the run's key: a protocol with a new
 * field, or another version of TensorFlow, draws the same initial weights and batches.
 * @param epoch from 0; absent for what is drawn once per run
 */
export function runStream(
  { seed, architecture, dataset }: StreamKey,
  purpose: RunPurpose,
  epoch?: number,
): RandomStream {
  return stream(seed, purpose, architectureIdentity(architecture), dataset, ...(epoch === undefined ? [] : [epoch]));
}
