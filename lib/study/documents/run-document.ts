import { z } from 'zod';
import { contentHash } from '../../core/canonical-json.ts';
import { ArtifactError } from '../../core/errors.ts';
import { parseJsonWith } from '../../core/validation.ts';
import { architectureSchema } from '../../design-space/architecture.ts';
import { listedArchitectureSchema } from '../../design-space/listed-network.ts';
import { protocolSchema } from '../../training/protocol.ts';
import type { ArtifactStore } from '../../store/artifact-store.ts';
import { trainerSettingsSchema } from '../trainer-config.ts';

/** The network to train: an AnyNet, or a network that only a command trainer knows. */
export const studyArchitectureSchema = z.union([architectureSchema, listedArchitectureSchema]);

/** How to train it: the protocol of this program, or the settings of a command trainer. */
export const studyProtocolSchema = z.union([protocolSchema, trainerSettingsSchema]);

/** Everything that determines the outcome of one training run; its hash is the run's key. */
const runDocumentSchema = z.strictObject({
  /** Without name, image size or number of classes, which belong to the dataset. */
  architecture: studyArchitectureSchema,
  /** Digest of the prepared dataset: pixels, labels and splits. */
  datasetDigest: z.string(),
  protocol: studyProtocolSchema,
  /** Seed of the replicate: initial weights, batch order, augmentation. */
  seed: z.int().min(0),
  /**
   * The software that trains: the versions of this project's training engine and of TensorFlow, or a command trainer with the hash of its
   * files.
   */
  engine: z.string(),
});

export type RunDocument = z.infer<typeof runDocumentSchema>;

/** Returns the key of a run's artifacts: the first 32 hexadecimal digits of its document's hash. */
export function runKeyOf(run: RunDocument): string {
  return contentHash(run).slice(0, 32);
}

/** Names of a run's artifacts in the store. */
export const runArtifacts = (runKey: string) => ({
  document: `runs/${runKey}/run.json`,
  /** Training result, until the run is tested and recorded. */
  training: `runs/${runKey}/training.json`,
  record: `runs/${runKey}/record.json`,
  /** Number of restarts from scratch; absent if there was none. */
  generation: `runs/${runKey}/generation`,
  /** Training states after some of the latest epochs, while it is being trained. */
  checkpoints: `runs/${runKey}/checkpoints/`,
  weights: `runs/${runKey}/weights.bin`,
  /** The trained network's predictions for each test image. */
  predictions: `runs/${runKey}/predictions.parquet`,
  /** The trained network as a SavedModel. */
  model: `runs/${runKey}/model`,
  /** TensorBoard event files. */
  events: `runs/${runKey}/events`,
});

/** Puts the document of a run into the store, unless it is already there, and returns its key. */
export async function writeRunDocument(store: ArtifactStore, run: RunDocument): Promise<string> {
  const runKey = runKeyOf(run);
  await store.create(runArtifacts(runKey).document, `${JSON.stringify(run, undefined, 2)}\n`);
  return runKey;
}

/**
 * Reads the document of a planned run.
 * @throws ArtifactError if the store has no such document, or one that is damaged or does not match the key
 */
export async function readRunDocument(store: ArtifactStore, runKey: string): Promise<RunDocument> {
  const name = runArtifacts(runKey).document;
  const content = await store.get(name);
  if (content === undefined) throw new ArtifactError('The run is not planned', [`${name} is not in ${store.location}`]);
  const run = parseJsonWith(runDocumentSchema, content.toString(), name, ArtifactError);
  if (runKeyOf(run) !== runKey)
    throw new ArtifactError(`${name} is damaged`, [`its content must have the key ${runKey}, got ${runKeyOf(run)}`]);
  return run;
}
