import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { prepareDataset } from '../../../lib/datasets/prepare-dataset.ts';
import { datasetSelectionSchema } from '../../../lib/datasets/selection.ts';
import { protocolSchema } from '../../../lib/training/protocol.ts';
import { runTraining, type TrainingResult, type TrainingTask } from '../../../lib/training/run.ts';
import { readState } from '../../../lib/training/state-file.ts';
import { tinyArchitecture } from './tiny-architecture.ts';
import { sharedTemporaryFolder } from '../../temporary-folder.ts';

const kills = 20;
const epochs = 150;

const root = sharedTemporaryFolder();
let task: Omit<TrainingTask, 'workDirectory'>;
beforeAll(async () => {
  const selection = datasetSelectionSchema.parse({
    dataset: 'fashion-mnist',
    trainingImages: 256,
    validationImages: 64,
    testImages: 64,
  });
  const { directory } = await prepareDataset(selection, { seed: 0, directory: join(root, 'data') });
  task = {
    runKey: 'killed',
    architecture: tinyArchitecture,
    datasetDirectory: directory,
    protocol: protocolSchema.parse({ epochs, batchSize: 64, batchNorm: { preciseImages: 128 } }),
    seed: 1,
    device: { kind: 'cpu', threads: 1 },
    tensorBoard: false,
    // A checkpoint after every step.
    checkpointMinutes: 1e-9,
  };
});

/** Trains, and kills the training a moment after some epochs; returns the result if it ended before that. */
async function killedTraining(workDirectory: string): Promise<'killed' | TrainingResult> {
  const kill = new AbortController();
  const reportsBeforeKill = 1 + Math.floor(5 * Math.random());
  let reports = 0;
  const onProgress = () => {
    if (++reports === reportsBeforeKill) void sleep(100 * Math.random()).then(() => kill.abort());
  };
  try {
    return await runTraining({ ...task, workDirectory }, { signal: kill.signal, onProgress });
  } catch (error) {
    if (kill.signal.aborted) return 'killed';
    throw error;
  }
}

test(`a run that is killed ${kills} times at random moments ends with exactly the weights of an undisturbed one`, async () => {
  const undisturbed = await runTraining({ ...task, workDirectory: join(root, 'undisturbed') });
  const workDirectory = join(root, 'disturbed');
  for (let kill = 0; kill < kills; kill++) expect(await killedTraining(workDirectory)).toBe('killed');
  const lines: string[] = [];
  const disturbed = await runTraining({ ...task, workDirectory }, { onLog: (line) => lines.push(line) });
  console.log(lines.join('\n'));

  expect(lines.join('\n')).toMatch(new RegExp(`continuing after (step \\d+ of )?epoch \\d+ of ${epochs}`));
  expect(untimed(disturbed)).toEqual(untimed(undisturbed));
  expect(await weightsOf(disturbed)).toEqual(await weightsOf(undisturbed));
});

/** The curve without speeds. */
const untimed = ({ curve }: TrainingResult) => curve.map((epoch) => ({ ...epoch, imagesPerSecond: undefined }));

/** The bytes of every array of a result. */
async function weightsOf({ weightsFile }: TrainingResult): Promise<[string, string][]> {
  const { state } = await readState(weightsFile as string);
  return [...state].map(([name, { buffer, byteOffset, byteLength }]) => [
    name,
    Buffer.from(buffer, byteOffset, byteLength).toString('hex'),
  ]);
}
