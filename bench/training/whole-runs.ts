import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { catalogue } from '../../lib/datasets/catalogue/index.ts';
import { prepareDataset } from '../../lib/datasets/prepare-dataset.ts';
import { commandTask } from '../../lib/runs/command-trainers.ts';
import { tensorflowTrainer, type RunTask } from '../../lib/runs/trainer.ts';
import { parseStudyConfig } from '../../lib/study/config.ts';
import { networksOf } from '../../lib/study/networks.ts';
import { preset } from '../../lib/study/presets.ts';
import { runCommand } from '../../lib/training/command/train.ts';

const root = join(import.meta.dirname, '../..');

/** Number of the quickstart's networks, which differ in depth and width. */
const networks = 4;

/** Limits that a run should not reach. */
const patience = { stopSeconds: 10, silenceMinutes: 10 };

/** Returns the first runs of the quickstart on its reference, which is prepared if necessary. */
export async function quickstartRuns(directory: string, threads: number): Promise<RunTask[]> {
  const config = parseStudyConfig(preset('quickstart'), catalogue);
  const [selection] = config.datasets;
  const prepared = await prepareDataset(selection!, { seed: config.seeds.data, directory: join(directory, 'data') });
  return (await networksOf(config))!.slice(0, networks).map(({ name, architecture }) => ({
    ...{ runKey: name, architectureName: name, architecture, seed: config.seeds.training },
    ...{ datasetDirectory: prepared.directory, protocol: config.protocol, device: { kind: 'cpu', threads } },
    ...{ workDirectory: join(directory, 'whole-runs', name), tensorBoard: false },
  }));
}

/** Measures the seconds that consecutive runs take, each from the start of its process to its result, with curve and checkpoints. */
export const secondsHere = (runs: readonly RunTask[]): Promise<number> =>
  secondsOf(runs, async (run) => void (await tensorflowTrainer.runTraining(run)));

/** Measures the same with `trainers/anynet-torch`, in the given memory layout. */
export const secondsInPyTorch = (
  python: string,
  layout: 'contiguous' | 'channels_last',
  runs: readonly RunTask[],
): Promise<number> => {
  const folder = join(root, 'trainers/anynet-torch');
  const command = ['env', `PYTHONPATH=${join(root, 'python')}`, python, 'train.py', '--layout', layout];
  const program = { name: 'anynet-torch', engine: 'bench', folder, command, environment: [], ...patience };
  return secondsOf(runs, async (run) => void (await runCommand(program, await commandTask(run))));
};

async function secondsOf(runs: readonly RunTask[], train: (run: RunTask) => Promise<void>): Promise<number> {
  let seconds = 0;
  for (const run of runs) {
    const start = performance.now();
    await train(run);
    seconds += (performance.now() - start) / 1000;
    await rm(run.workDirectory, { recursive: true });
  }
  return seconds;
}
