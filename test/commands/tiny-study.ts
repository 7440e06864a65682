import { readFile, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { parseResults } from '../../lib/results/results-table.ts';
import { RunningProgram } from './running-program.ts';

/** Two networks on two datasets, a few hundred images each: seconds of real training. */
const tiny = [
  'population.count=2',
  'datasets=' +
    JSON.stringify([
      { dataset: 'fashion-mnist', trainingImages: 640, validationImages: 64, testImages: 200 },
      { dataset: 'mnist', classes: 2, trainingImages: 640, validationImages: 64, testImages: 200 },
    ]),
  'protocol.epochs=2',
  'protocol.batchSize=64',
  'protocol.batchNorm.preciseImages=128',
  'analysis.bootstrapResamples=100',
];

/** Arguments of the `start` command on the tiny study. */
export function startTiny(state: string, ...args: string[]): string[] {
  const set = tiny.flatMap((assignment) => ['--set', assignment]);
  return ['start', '--id', 'tiny', '--state', state, '--slots', '2', ...set, ...args];
}

/** The `start` command on the tiny study, as a user runs it. */
export class StartedStudy extends RunningProgram {
  constructor(state: string, ...args: string[]) {
    super('client', startTiny(state, ...args));
  }
}

/** A command about rehearsed studies of some networks on two datasets, as a user runs it. */
export class RehearsedStudy extends RunningProgram {
  constructor(state: string, id: string, { networks = 2, secondsPerRun = 0.2 } = {}, ...args: string[]) {
    const datasets = JSON.stringify([{ dataset: 'fashion-mnist' }, { dataset: 'mnist' }]);
    const set = [`population.count=${networks}`, `datasets=${datasets}`, 'analysis.bootstrapResamples=100'];
    const options = [...set, `rehearsal.secondsPerRun=${secondsPerRun}`].flatMap((field) => ['--set', field]);
    super('client', ['start', '--rehearse', '--id', id, '--state', state, ...options, ...args]);
  }
}

/** What the study found, run by run. */
export async function errorsFound(state: string): Promise<[run: string, top1Error: number | null][]> {
  const text = await readFile(join(state, 'store/studies/tiny/results.csv'), 'utf8');
  return parseResults(text, 'results.csv').map(({ architecture, dataset, top1Error }) => [
    `${architecture} on ${dataset}`,
    top1Error,
  ]);
}

/** Commands of the running processes that a folder occurs in, in their command line or as the folder that they work in. */
export async function processesWith(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const commands = await Promise.all(
    pids.map(async (pid) => [
      await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
      await readlink(`/proc/${pid}/cwd`).catch(() => ''),
    ]),
  );
  return commands
    .filter((texts) => texts.some((text) => text.includes(folder)))
    .map(([command]) => command!.replaceAll('\0', ' '));
}
