import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestResult } from '../metrics.ts';
import { takePredictions } from './predictions-file.ts';
import { readResult } from './result-file.ts';
import { runFolderOf, type CommandTask } from './run-folder.ts';
import { TrainerFailure } from './trainer-failure.ts';

/** The result that a trainer left of a run that it has finished. */
export type WrittenResult =
  | { outcome: 'diverged'; reason: string }
  | {
      outcome: 'finished';
      evaluation: TestResult;
      versions: Record<string, string>;
      weightsFile: string | null;
      predictionsFile: string | null;
    };

/**
 * Reads result.json and the files that belong to it.
 * @returns undefined if there is no result.json
 * @throws TrainerFailure if one of them is not as docs/trainers.md specifies
 */
export async function readWrittenResult(task: CommandTask): Promise<WrittenResult | undefined> {
  const runFolder = runFolderOf(task.workDirectory);
  const result = await readResult(join(runFolder, 'result.json'), task.dataset.images);
  if (result?.outcome !== 'finished') return result;
  const { evaluation, weights, versions } = result;
  const predictions = await takePredictions(task, evaluation.test);
  return {
    outcome: 'finished',
    evaluation: { ...evaluation, ...(predictions && { predictions: predictions.summary }) },
    versions,
    weightsFile: weights === undefined ? null : await ownFile(runFolder, 'files.weights', weights),
    predictionsFile: predictions?.file ?? null,
  };
}

/** Returns the path of a file in the folder of the run that result.json names. */
async function ownFile(runFolder: string, field: string, name: string): Promise<string> {
  const path = join(runFolder, name);
  const found = await lstat(path).catch(() => undefined);
  if (found?.isFile() === true) return path;
  throw new TrainerFailure(
    'crash',
    `result.json is not what docs/trainers.md says: ${field} must name a file in the folder of the run, got ${name}`,
  );
}
