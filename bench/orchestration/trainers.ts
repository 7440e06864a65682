import { fileURLToPath } from 'node:url';
import { resolveRequest } from '../../control/submission-request.ts';
import { preset } from '../../lib/study/presets.ts';
import type { Submission } from '../../lib/study/documents/submission.ts';
import { withSurroundings } from './surroundings.ts';

/** CPU milliseconds that server and workers take for a run, by its trainer; what trains is another process, which is not counted. */
export interface TrainerCosts {
  runs: number;
  builtIn: number[];
  command: number[];
  /** Of the sums. */
  ratio: number;
}

/**
 * Measures studies that differ in nothing but their trainer, in turns on one server: the built-in engine, and a command that computes
 * nothing but lasts as long, with curve, checkpoints, weights and predictions. Data are prepared before.
 */
export function compareTrainers(runs: number, rounds: number): Promise<TrainerCosts> {
  return withSurroundings({ needsTensorFlow: true, gpus: [], slots: 2, threads: 1 }, async ({ measure }) => {
    const costs: Record<keyof Studies, number[]> = { builtIn: [], command: [] };
    let seed = 0;
    const costOf = async (kind: keyof Studies, count: number) => {
      const { cpuMillisecondsOfRuns, secondsOfRuns } = await measure(await studies[kind](count, ++seed));
      process.env['BENCH_SECONDS'] ??= '1';
      if (kind === 'builtIn') process.env['BENCH_SECONDS'] = String((2 * secondsOfRuns) / count);
      return cpuMillisecondsOfRuns / count;
    };
    for (const kind of ['builtIn', 'command'] as const) await costOf(kind, 2);
    for (let round = 0; round < rounds; round++)
      for (const kind of round % 2 === 0 ? (['builtIn', 'command'] as const) : (['command', 'builtIn'] as const))
        costs[kind].push(await costOf(kind, runs));
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    return { runs, ...costs, ratio: sum(costs.command) / sum(costs.builtIn) };
  });
}

type Studies = typeof studies;

const studies = {
  builtIn: (runs: number, seed: number) => studyOf(runs, seed),
  command: (runs: number, seed: number) =>
    studyOf(runs, seed, {
      trainer: {
        ...{ kind: 'command', name: 'idle', version: '1', command: ['python3', 'idle_trainer.py'] },
        ...{ files: ['idle_trainer.py'], environment: ['BENCH_SECONDS'] },
      },
    }),
};

/** Networks of the quickstart on very few images; each seed makes other runs. */
function studyOf(runs: number, seed: number, trainer: object = {}): Promise<Submission> {
  const { protocol, population } = preset('quickstart') as Record<'protocol' | 'population', object>;
  return resolveRequest({
    id: `bench-${seed}`,
    folder: fileURLToPath(new URL('.', import.meta.url)),
    config: {
      ...{ name: 'bench', ...trainer, protocol: { ...protocol, epochs: 3 } },
      population: { ...population, count: runs },
      seeds: { training: seed },
      reference: 'mnist/2-classes',
      datasets: [{ dataset: 'mnist', classes: 2, trainingImages: 200, validationImages: 50, testImages: 100 }],
      analysis: { bootstrapResamples: 100 },
    },
  });
}
