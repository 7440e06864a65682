import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openPreparedDataset } from '../datasets/prepared-dataset.ts';
import { evaluateTest } from './evaluation.ts';
import { withFreshSlots } from './initial-weights.ts';
import type { EvaluationResult } from './child/messages.ts';
import { describeDataset, predictionsFileOf, taskLayers, type RunningTask } from './running-task.ts';
import { readState } from './state-file.ts';
import { openTrainingSession } from './tensorflow-session.ts';

/**
 * Evaluates a trained network with its stored weights on the validation and test images of its dataset. It uses a training session, so that
 * the graph is the same and the results equal those of the training, bit for bit.
 */
export async function evaluateStoredWeights(
  task: RunningTask,
  weightsFile: string,
): Promise<Omit<EvaluationResult, 'versions'>> {
  const dataset = await openPreparedDataset(task.datasetDirectory);
  const directory = join(task.workDirectory, 'evaluation-graph');
  try {
    const description = describeDataset(dataset);
    const layers = taskLayers(task, description);
    const session = await openTrainingSession({ layers, protocol: task.protocol, dataset: description, directory });
    session.restore(withFreshSlots(session.layout, (await readState(weightsFile)).state));
    const predictionsFile = predictionsFileOf(task);
    const result = await evaluateTest(session, dataset, task.protocol.batchSize, predictionsFile);
    session.close();
    return { ...result, predictionsFile };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
