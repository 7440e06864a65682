import type { RandomStream } from '../core/random.ts';
import { stream, type RunPurpose } from '../core/streams.ts';
import { architectureIdentity, type Architecture } from '../design-space/architecture.ts';

/** Everything that determines the random numbers of a run. */
export interface StreamKey {
  seed: number;
  architecture: Architecture;
  /** Digest of the prepared dataset. */
  dataset: string;
}

/**
 * Returns a random stream of a run. It is keyed by seed, architecture, dataset and purpose, not by the run's key: with a new protocol field
 * or another version of TensorFlow, the same initial weights and batches are drawn.
 * @param epoch counted from 0; absent for anything drawn once per run
 */
export function runStream(
  { seed, architecture, dataset }: StreamKey,
  purpose: RunPurpose,
  epoch?: number,
): RandomStream {
  return stream(seed, purpose, architectureIdentity(architecture), dataset, ...(epoch === undefined ? [] : [epoch]));
}
