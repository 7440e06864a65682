import { readFile, readdir } from 'node:fs/promises';
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

/** The `start` command on the tiny study, as a user runs it. */
export class StartedStudy extends RunningProgram {
  constructor(state: string, ...args: string[]) {
    const set = tiny.flatMap((assignment) => ['--set', assignment]);
    super(['client.ts', 'start', '--id', 'tiny', '--state', state, '--slots', '2', ...set, ...args]);
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

/** Commands of the running processes in whose command line a text occurs, e.g. the path of a state folder. */
export async function processesWith(text: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return commands.filter((command) => command.includes(text)).map((command) => command.replaceAll('\0', ' '));
}
