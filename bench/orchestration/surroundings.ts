import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientOn } from '../../control/connection.ts';
import { runningServer } from '../../control/running-server.ts';
import { Studies } from '../../control/studies.ts';
import { serverOf } from '../../control/study-server.ts';
import { stateFolder, type StateFolder } from '../../lib/core/files/state-folder.ts';
import { openStore } from '../../lib/store/open-store.ts';
import type { Submission } from '../../lib/study/documents/submission.ts';
import { trainingDevices, type WorkerOptions } from '../../runtime/devices.ts';
import { openEnvironment } from '../../runtime/environment.ts';
import { Teardown } from '../../runtime/teardown.ts';
import { connectWorkers } from '../../runtime/worker-connection.ts';
import { historyFacts, type HistoryFacts } from './history-facts.ts';

/** The cost of a study for server and workers; other work on the machine hardly affects CPU time. */
export interface StudyCosts {
  /** Seconds from the start of the study to its report. */
  seconds: number;
  /** Seconds of the trainings and tests alone. */
  secondsOfRuns: number;
  cpuMilliseconds: number;
  /** The same without the time before the first run and after the last. */
  cpuMillisecondsOfRuns: number;
}

/** A separate server, and workers in this process. */
export interface Surroundings {
  state: StateFolder;
  /** Carries out a study to its end. */
  measure: (submission: Submission) => Promise<StudyCosts>;
  /** Reads the study's histories on the server so far. */
  historyFacts: (studyId: string) => Promise<HistoryFacts>;
}

/** Runs work in temporary surroundings. */
export async function withSurroundings<Result>(
  { needsTensorFlow, ...devices }: WorkerOptions & { needsTensorFlow: boolean },
  work: (surroundings: Surroundings) => Promise<Result>,
): Promise<Result> {
  const root = await mkdtemp(join(tmpdir(), 'bench-orchestration-'));
  const teardown = new Teardown();
  try {
    const state = stateFolder(root);
    const store = openStore(undefined, state);
    const environment = await openEnvironment({
      ...{ state, store, needsTensorFlow, teardown },
      devices: trainingDevices(devices),
      signal: new AbortController().signal,
      say: () => undefined,
    });
    const connection = await connectWorkers(environment.target);
    teardown.add('connection of the client', () => connection.close());
    const client = clientOn(connection, environment.target);
    const studies = new Studies({ store, server: serverOf({ client, close: () => Promise.resolve() }) });
    const server = await runningServer(state.temporal);
    return await work({
      state,
      measure: (submission) => measureStudy(studies, submission, server!.pid),
      historyFacts: (studyId) => historyFacts(client, studyId),
    });
  } finally {
    await teardown.run();
    await rm(root, { recursive: true, force: true });
  }
}

async function measureStudy(studies: Studies, submission: Submission, serverPid: number): Promise<StudyCosts> {
  const cpuOf = async () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e3 + (await cpuOfProcess(serverPid));
  };
  const now = async () => ({ at: performance.now(), cpu: await cpuOf() });
  const started = await now();
  const study = await studies.startSubmission(submission);
  const stages: Partial<Record<'training' | 'analysing', typeof started>> = {};
  for await (const { stage, state: standing, failure } of study.watch({ interval: 500 })) {
    if (standing === 'held' || standing === 'failed') throw new Error(failure ?? standing);
    if (stage === 'training' || stage === 'analysing') stages[stage] ??= await now();
  }
  const ended = await now();
  // An analysis may start and end between two checks.
  const { training = started, analysing = ended } = stages;
  return {
    seconds: (ended.at - started.at) / 1000,
    secondsOfRuns: (analysing.at - training.at) / 1000,
    cpuMilliseconds: ended.cpu - started.cpu,
    cpuMillisecondsOfRuns: analysing.cpu - training.cpu,
  };
}

/** Returns the milliseconds of CPU time that a process has used so far (Linux counts hundredths of a second). */
async function cpuOfProcess(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
  return 10 * (Number(fields[11]) + Number(fields[12]));
}
