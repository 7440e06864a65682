import { contentHash } from '../core/canonical-json.ts';
import type { TrainingProtocol } from '../training/protocol.ts';

/** All that determines the outcome of one training run. */
export interface RunIdentity {
  /** The architecture, without name, image size or class count (those are the dataset's). */
  architecture: unknown;
  /** Digest of the prepared dataset: pixels, labels and splits. */
  datasetDigest: string;
  protocol: TrainingProtocol;
  /** Seed of the replicate: initial weights, batch order, augmentation. */
  seed: number;
  /** Version of what computes: this project's training engine and the TensorFlow library. */
  engine: string;
}

/** The key under which a run's record and artifacts are found: the first 32 hexadecimal digits of its identity's hash. */
export function runKey(identity: RunIdentity): string {
  return contentHash(identity).slice(0, 32);
}
