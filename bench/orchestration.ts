import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { textTable } from '../commands/terminal/table.ts';
import { clientOn } from '../control/connection.ts';
import { Studies } from '../control/studies.ts';
import { resolveRequest } from '../control/submission-request.ts';
import { stateFolder } from '../lib/core/files/state-folder.ts';
import { trainingDevices } from '../runtime/devices.ts';
import { openEnvironment } from '../runtime/environment.ts';
import { Teardown } from '../runtime/teardown.ts';
import { connectWorkers } from '../runtime/worker-connection.ts';
import type { Submission } from '../lib/study/documents/submission.ts';
import { openStore } from '../lib/store/open-store.ts';
import { runningServer } from '../control/running-server.ts';
import { historyFacts, type HistoryFacts } from './orchestration/history-facts.ts';

interface Measurement extends HistoryFacts {
  what: string;
  runs: number;
  /** From the start of the study to its report. */
  seconds: number;
  /** Seconds of the planning, trainings and tests alone. */
  secondsOfRuns: number;
  millisecondsPerRun: number;
  /** CPU time of server and workers, which other work on the machine hardly changes. */
  cpuMillisecondsPerRun: number;
  /** The same without what happens before the first run and after the last. */
  cpuMillisecondsOfRuns: number;
  databaseMegabytes: number;
  databaseBytesPerRun: number;
}

interface Options {
  runs: string;
  preset: string;
  slots: string;
  json?: true;
}

/** `bench orchestration`: rehearsals of several sizes, each with its own server and store. */
export function register(program: Command): void {
  program
    .command('orchestration')
    .description(
      'what orchestrating a run costs, in rehearsals of several sizes: it must not grow with the study; and with a command trainer',
    )
    .option('--runs <list>', 'sizes of the studies, in runs', '500,20000')
    .option('--preset <name>', 'preset whose datasets are used in the rehearsal', 'quickstart')
    .option('--slots <n>', 'simulated trainings at the same time', '32')
    .option('--json', 'print only the JSON document')
    .action(async ({ runs, preset, slots, json }: Options) => {
      const measurements: Measurement[] = [];
      const sizes = runs.split(',').map(Number);
      const add = (measurement: Measurement) => {
        measurements.push(measurement);
        if (!json) process.stderr.write(`${JSON.stringify(measurement)}\n`);
        return measurement;
      };
      for (const size of sizes) add(await measure('rehearsal', size, Number(slots), await rehearsal(size, preset)));
      const command = add(await measure('command trainer', sizes[0]!, Number(slots), await commandStudy(sizes[0]!)));
      const [first] = measurements;
      if (!json) process.stdout.write(`${table(measurements)}\n`);
      process.stdout.write(
        `${JSON.stringify({
          benchmark: 'orchestration',
          measurements,
          cpuRatios: measurements.map(
            ({ cpuMillisecondsPerRun }) => cpuMillisecondsPerRun / first!.cpuMillisecondsPerRun,
          ),
          commandTrainerRatio: command.cpuMillisecondsOfRuns / first!.cpuMillisecondsOfRuns,
        })}\n`,
      );
    });
}

/** A rehearsal of a preset with so many runs. */
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

/** A study of so many runs by a command that has its result at once: what is left is the cost of a process and of its files. */
function commandStudy(runs: number): Promise<Submission> {
  return resolveRequest({
    id: 'bench',
    folder: fileURLToPath(new URL('orchestration', import.meta.url)),
    config: {
      name: 'bench',
      trainer: {
        kind: 'command',
        name: 'instant',
        version: '1',
        command: ['/bin/sh', 'instant.sh'],
        files: ['instant.sh'],
      },
      population: { source: 'list', networks: Array.from({ length: runs }, (_, index) => ({ name: `net-${index}` })) },
      protocol: { settings: null },
      reference: 'mnist/2-classes',
      datasets: [{ dataset: 'mnist', classes: 2, trainingImages: 40, validationImages: 10, testImages: 20 }],
      execution: { concurrentRunsPerDataset: 64, tensorBoard: false },
      analysis: { bootstrapResamples: 100 },
    },
  });
}

async function measure(what: string, runs: number, slots: number, submission: Submission): Promise<Measurement> {
  const root = await mkdtemp(join(tmpdir(), 'bench-orchestration-'));
  const teardown = new Teardown();
  try {
    const state = stateFolder(root);
    const store = openStore(undefined, state);
    const environment = await openEnvironment({
      state,
      store,
      devices: trainingDevices({ slots, gpus: [] }),
      isRehearsal: true,
      signal: new AbortController().signal,
      say: () => undefined,
      teardown,
    });
    const connection = await connectWorkers(environment.target);
    teardown.add('connection of the client', () => connection.close());
    const client = clientOn(connection, environment.target);
    const studies = new Studies({ store, client }, () => Promise.resolve());
    const server = await runningServer(state.temporal);
    const cpuOf = async () =>
      process.cpuUsage().user / 1e3 + process.cpuUsage().system / 1e3 + (await cpuOfProcess(server!.pid));
    const cpuBefore = await cpuOf();
    const started = performance.now();
    const study = await studies.startSubmission(submission);
    const stages = { training: NaN, analysing: NaN };
    const cpu = { training: NaN, analysing: NaN };
    for await (const { stage, state: standing, failure } of study.watch({ interval: 250 })) {
      if (standing === 'held' || standing === 'failed') throw new Error(failure ?? standing);
      if (stage !== 'training' && stage !== 'analysing') continue;
      stages[stage] ||= performance.now();
      cpu[stage] ||= await cpuOf();
    }
    const seconds = (performance.now() - started) / 1000;
    const cpuAfter = await cpuOf();
    // An analysis may start and end between two polls.
    const secondsOfRuns = ((stages.analysing || performance.now()) - stages.training) / 1000;
    const facts = await historyFacts(client, 'bench');
    const { size } = await stat(join(state.temporal, 'temporal.db'));
    return {
      what,
      runs,
      seconds,
      secondsOfRuns,
      millisecondsPerRun: (1000 * secondsOfRuns) / runs,
      cpuMillisecondsPerRun: (cpuAfter - cpuBefore) / runs,
      cpuMillisecondsOfRuns: ((cpu.analysing || cpuAfter) - cpu.training) / runs,
      ...facts,
      databaseMegabytes: size / 1e6,
      databaseBytesPerRun: size / runs,
    };
  } finally {
    await teardown.run();
    await rm(root, { recursive: true, force: true });
  }
}

const table = (measurements: readonly Measurement[]) =>
  textTable(
    [
      'what',
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
    measurements.map((measured) => [
      measured.what,
      String(measured.runs),
      measured.seconds.toFixed(1),
      measured.secondsOfRuns.toFixed(1),
      measured.millisecondsPerRun.toFixed(2),
      measured.cpuMillisecondsPerRun.toFixed(2),
      measured.cpuMillisecondsOfRuns.toFixed(2),
      `${measured.longestHistory} events`,
      `${measured.largestPayload} bytes`,
      measured.databaseMegabytes.toFixed(1),
    ]),
  );

/** Milliseconds of CPU that a process has taken so far (Linux counts them in hundredths of a second). */
async function cpuOfProcess(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
  return 10 * (Number(fields[11]) + Number(fields[12]));
}
