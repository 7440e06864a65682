import { fileURLToPath } from 'node:url';
import { resolveRequest } from '../../control/submission-request.ts';
import { preset } from '../../lib/study/presets.ts';
import type { Submission } from '../../lib/study/documents/submission.ts';
import { withSurroundings } from './surroundings.ts';

/** The cost of a run for server and workers in each round; the training itself is another process, which is not counted. */
interface RunCosts {
  /** CPU milliseconds of a run. */
  cpu: number[];
  /** Seconds that a run occupied its slot; waiting for it costs, too. */
  seconds: number[];
}

export interface TrainerCosts {
  runs: number;
  builtIn: RunCosts;
  command: RunCosts;
  /** Ratio of the sums of CPU times. */
  ratio: number;
}

const slots = 2;

/**
 * Measures studies that differ only in their trainer, in turns on one server: the built-in engine, and a command that computes nothing but
 * takes as long, with curve, checkpoints, weights and predictions. Data are prepared beforehand.
 */
export function compareTrainers(runs: number, rounds: number): Promise<TrainerCosts> {
  return withSurroundings({ needsTensorFlow: true, gpus: [], slots, threads: 1 }, async ({ measure }) => {
    const costs: Record<keyof typeof studies, RunCosts> = {
      builtIn: { cpu: [], seconds: [] },
      command: { cpu: [], seconds: [] },
    };
    let seed = 0;
    /** Seconds that a run by the command takes in addition to what it is told, mainly for starting Python. */
    let overhead = 0;
    const costOf = async (kind: keyof typeof studies, count: number) => {
      const told = Math.max(0, (costs.builtIn.seconds.at(-1) ?? 1) - overhead);
      process.env['BENCH_SECONDS'] = String(told);
      const { cpuMillisecondsOfRuns, secondsOfRuns } = await measure(await studies[kind](count, ++seed));
      const seconds = (slots * secondsOfRuns) / count;
      if (kind === 'command') overhead = Math.max(0, seconds - told);
      return { cpu: cpuMillisecondsOfRuns / count, seconds };
    };
    for (const kind of ['builtIn', 'command'] as const) await costOf(kind, 4);
    for (let round = 0; round < rounds; round++)
      for (const kind of ['builtIn', 'command'] as const) {
        const { cpu, seconds } = await costOf(kind, runs);
        costs[kind].cpu.push(cpu);
        costs[kind].seconds.push(seconds);
      }
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    return { runs, ...costs, ratio: sum(costs.command.cpu) / sum(costs.builtIn.cpu) };
  });
}

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

/** Returns a study of the quickstart's networks on very few images; each seed makes different runs. */
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
