import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';
import type { ArtifactStore } from './artifact-store.ts';
import { epochMetricsSchema } from '../training/metrics.ts';
import { parseWith } from '../core/validation.ts';

/** Names of a run's artifacts in the store; its record is `results/`' own. */
export const runArtifacts = (runKey: string) => ({
  /** What its training gave, until the run is tested and recorded. */
  training: `runs/${runKey}/training.json`,
  weights: `runs/${runKey}/weights.bin`,
  /** The trained network as a SavedModel. */
  model: `runs/${runKey}/model`,
  /** TensorBoard event files. */
  events: `runs/${runKey}/events`,
});

const storedTrainingSchema = z.strictObject({
  curve: z.array(epochMetricsSchema),
  versions: z.record(z.string(), z.string()),
  startedAt: z.iso.datetime(),
  trainingSeconds: z.number().min(0),
});

/** What the record of a run takes from its training. */
export type StoredTraining = z.infer<typeof storedTrainingSchema>;

/** The training of a run that is not tested yet; undefined where it is not trained. */
export async function findTraining(store: ArtifactStore, runKey: string): Promise<StoredTraining | undefined> {
  const name = runArtifacts(runKey).training;
  const content = await store.get(name);
  return content && parseWith(storedTrainingSchema, JSON.parse(content.toString()), `${name} is invalid`);
}

/** Where a training left its results on this machine. */
interface TrainedFiles {
  weightsFile: string | null;
  savedModelDirectory: string | null;
  eventsDirectory: string | null;
}

/** Stores what a training gave; that it is trained is known once all of it is there. */
export async function storeTraining(
  store: ArtifactStore,
  runKey: string,
  { weightsFile, savedModelDirectory, eventsDirectory }: TrainedFiles,
  training: StoredTraining,
): Promise<void> {
  const names = runArtifacts(runKey);
  if (weightsFile !== null) await store.putFile(names.weights, weightsFile);
  if (savedModelDirectory !== null) await storeFolder(store, names.model, savedModelDirectory);
  if (eventsDirectory !== null) await storeFolder(store, names.events, eventsDirectory);
  await store.put(names.training, `${JSON.stringify(training, undefined, 2)}\n`);
}

/** Stores the files of a folder under a prefix, by their paths in it. */
async function storeFolder(store: ArtifactStore, prefix: string, folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    await store.putFile(`${prefix}/${relative(folder, path)}`, path);
  }
}
