import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OperationalError } from '../../core/errors.ts';
import { openPreparedDataset } from '../../datasets/prepared-dataset.ts';
import { predictionProblems } from '../../predictions/check-predictions.ts';
import { mostPredictionsBytes, readPredictions } from '../../predictions/read-predictions.ts';
import { summaryOf, type PredictionsSummary } from '../../predictions/summary.ts';
import { predictionsFile } from '../../predictions/write-predictions.ts';
import type { EvaluationMetrics } from '../metrics.ts';
import { runFolderOf, type CommandTask } from './run-folder.ts';
import { TrainerFailure } from './trainer-failure.ts';
import { NotAFile, readUntrusted } from './untrusted-file.ts';

/** Names that the file may have; a trainer writes one of them. */
const predictionsFiles = ['predictions.parquet', 'predictions.csv'] as const;

/**
 * Reads the predictions that a trainer left and rewrites them beside the folder of the run: none of the trainer's bytes are kept.
 * @param test the results on the same images in result.json
 * @returns undefined if predictions are not wanted, or there are none
 * @throws TrainerFailure if they are not predictions of the test images, or contradict the result
 */
export async function takePredictions(
  { predictions: areWanted, dataset, workDirectory }: CommandTask,
  test: EvaluationMetrics,
): Promise<{ file: string; summary: PredictionsSummary } | undefined> {
  if (!areWanted) return undefined;
  for (const name of predictionsFiles) {
    const bytes = await contentOf(join(runFolderOf(workDirectory), name), mostPredictionsBytes(test.images) + 1);
    if (bytes === undefined) continue;
    const labels = await (await openPreparedDataset(dataset.path)).labels('test');
    try {
      const predictions = await readPredictions(bytes, name, test.images);
      const classes = dataset.classes.length;
      const problems = predictionProblems(predictions, { ...test, classes, labels });
      if (problems.length > 0) throw new TrainerFailure('crash', problems.join('; '));
      const file = join(workDirectory, 'predictions.parquet');
      await writeFile(file, predictionsFile(predictions));
      return { file, summary: summaryOf(predictions, classes) };
    } catch (error) {
      if (!(error instanceof OperationalError)) throw error;
      throw new TrainerFailure('crash', `${name} is not what docs/trainers.md says: ${error.message}`, {
        cause: error,
      });
    }
  }
  return undefined;
}

async function contentOf(path: string, limit: number): Promise<Buffer | undefined> {
  try {
    return (await readUntrusted(path, limit))?.bytes;
  } catch (error) {
    if (!(error instanceof NotAFile)) throw error;
    throw new TrainerFailure('crash', error.message, { cause: error });
  }
}
