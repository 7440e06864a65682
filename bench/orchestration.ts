import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { textTable } from '../commands/terminal/table.ts';
import { resolveRequest } from '../control/submission-request.ts';
import type { Submission } from '../lib/study/documents/submission.ts';
import type { HistoryFacts } from './orchestration/history-facts.ts';
import { withSurroundings, type StudyCosts } from './orchestration/surroundings.ts';
import { compareTrainers, type TrainerCosts } from './orchestration/trainers.ts';

interface Measurement extends HistoryFacts, StudyCosts {
  runs: number;
  databaseMegabytes: number;
}

interface Options {
  runs: string;
  preset: string;
  slots: string;
  trained: string;
  rounds: string;
  json?: true;
}

/**
 * `bench orchestration`: rehearsals of several sizes, each with its own server and store; then runs by a command compared with the
 * engine's.
 */
export function register(program: Command): void {
  program
    .command('orchestration')
    .description(
      'cost of orchestrating a run: in rehearsals of several sizes, since it must not grow with the study, and by trainer',
    )
    .option('--runs <list>', 'sizes of the rehearsals, in runs; none for no rehearsals', '500,20000')
    .option('--preset <name>', 'preset whose datasets are used in the rehearsals', 'quickstart')
    .option('--slots <n>', 'number of concurrent simulated trainings', '32')
    .option('--trained <n>', 'number of runs that each trainer trains in a round', '40')
    .option('--rounds <n>', 'rounds of the comparison of trainers; 0 for none', '3')
    .option('--json', 'print only the JSON document')
    .action(async ({ runs, preset, slots, trained, rounds, json }: Options) => {
      const measurements: Measurement[] = [];
      const sizes = runs === 'none' ? [] : runs.split(',').map(Number);
      for (const size of sizes) {
        measurements.push(await measure(size, Number(slots), await rehearsal(size, preset)));
        if (!json) process.stderr.write(`${JSON.stringify(measurements.at(-1))}\n`);
      }
      const trainers = rounds === '0' ? undefined : await compareTrainers(Number(trained), Number(rounds));
      if (!json && measurements.length > 0) process.stdout.write(`${table(measurements)}\n`);
      if (!json && trainers !== undefined) process.stdout.write(`${inWords(trainers)}\n`);
      const cpuOf = ({ cpuMilliseconds, runs: count }: Measurement) => cpuMilliseconds / count;
      process.stdout.write(
        `${JSON.stringify({
          benchmark: 'orchestration',
          measurements,
          cpuRatios: measurements.map((measured) => cpuOf(measured) / cpuOf(measurements[0]!)),
          trainers,
        })}\n`,
      );
    });
}

/** Returns a rehearsal of a preset with that many runs. */
async function rehearsal(runs: number, preset: string): Promise<Submission> {
  const { config } = await resolveRequest({ preset });
  return resolveRequest({
    preset,
    rehearse: true,
    id: 'bench',
    set: {
      'population.count': Math.ceil(runs / config.datasets.length / config.replicates),
      'execution.tensorBoard': false,
      'analysis.bootstrapResamples': 100,
    },
  });
}

function measure(runs: number, slots: number, submission: Submission): Promise<Measurement> {
  return withSurroundings(
    { needsTensorFlow: false, slots, gpus: [] },
    async ({ state, measure: costs, historyFacts }) => {
      const measured = await costs(submission);
      const facts = await historyFacts(submission.id);
      const { size } = await stat(join(state.temporal, 'temporal.db'));
      return { runs, ...measured, ...facts, databaseMegabytes: size / 1e6 };
    },
  );
}

const table = (measurements: readonly Measurement[]) =>
  textTable(
    [
      'runs',
      'seconds',
      'of runs',
      'ms a run',
      'CPU ms a run',
      'of it runs',
      'longest history',
      'largest payload',
      'database MB',
    ],
    measurements.map(({ runs, ...measured }) => [
      String(runs),
      measured.seconds.toFixed(1),
      measured.secondsOfRuns.toFixed(1),
      ((1000 * measured.secondsOfRuns) / runs).toFixed(2),
      (measured.cpuMilliseconds / runs).toFixed(2),
      (measured.cpuMillisecondsOfRuns / runs).toFixed(2),
      `${measured.longestHistory} events`,
      `${measured.largestPayload} bytes`,
      measured.databaseMegabytes.toFixed(1),
    ]),
  );

function inWords({ runs, builtIn, command, ratio }: TrainerCosts): string {
  const figures = ({ cpu, seconds }: TrainerCosts['builtIn']) =>
    cpu.map((value, round) => `${value.toFixed(1)} (${seconds[round]!.toFixed(2)} s)`).join(', ');
  return `CPU ms of server and workers per run (and duration of a run), ${runs} runs per round: engine ${figures(builtIn)}; command ${figures(command)}; ratio ${ratio.toFixed(3)}`;
}
