import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { ArtifactError } from '../../core/errors.ts';
import { parseJsonWith } from '../../core/validation.ts';
import { recordedEpochSchema, testResultSchema } from '../../training/metrics.ts';
import type { ArtifactStore } from '../../store/artifact-store.ts';
import { runArtifacts } from './run-document.ts';

const storedTrainingSchema = z.strictObject({
  curve: z.array(recordedEpochSchema),
  versions: z.record(z.string(), z.string()),
  startedAt: z.iso.datetime(),
  trainingSeconds: z.number().min(0),
  evaluation: testResultSchema.nullable().describe('null if the network was not tested right after its training'),
});

/** The parts of a training result that go into the record of the run. */
export type StoredTraining = z.infer<typeof storedTrainingSchema>;

/** Finds the training result of a run that is not tested yet; undefined if it is not trained. */
export async function findTraining(store: ArtifactStore, runKey: string): Promise<StoredTraining | undefined> {
  const name = runArtifacts(runKey).training;
  const content = await store.get(name);
  return content && parseJsonWith(storedTrainingSchema, content.toString(), name, ArtifactError);
}

/** Paths of a training's results on this machine; null for results that are not kept. */
export interface TrainedFiles {
  weightsFile: string | null;
  savedModelDirectory: string | null;
  eventsDirectory: string | null;
  predictionsFile: string | null;
}

/** Stores the results of a training; the run counts as trained once all of them are stored. */
export async function storeTraining(
  store: ArtifactStore,
  runKey: string,
  { weightsFile, savedModelDirectory, eventsDirectory, predictionsFile }: TrainedFiles,
  training: StoredTraining,
): Promise<void> {
  const names = runArtifacts(runKey);
  if (weightsFile !== null) await store.putFile(names.weights, weightsFile);
  if (savedModelDirectory !== null) await storeFolder(store, names.model, savedModelDirectory);
  if (eventsDirectory !== null) await storeFolder(store, names.events, eventsDirectory);
  if (predictionsFile !== null) await store.putFile(names.predictions, predictionsFile);
  await store.put(names.training, `${JSON.stringify(training, undefined, 2)}\n`);
}

/** Removes everything that a training left except the record and the predictions. */
export async function keepRecordOnly(store: ArtifactStore, runKey: string): Promise<void> {
  const { weights, model, events } = runArtifacts(runKey);
  for (const prefix of [`${model}/`, `${events}/`])
    for (const name of await store.list(prefix)) await store.delete(name);
  await store.delete(weights);
}

/** Stores the files of a folder under a prefix, named by their paths in the folder. */
async function storeFolder(store: ArtifactStore, prefix: string, folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    await store.putFile(`${prefix}/${relative(folder, path)}`, path);
  }
}
