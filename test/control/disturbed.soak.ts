import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Study, StudyRequest } from '../../index.ts';
import { openDirectoryStore } from '../../lib/store/directory-store.ts';
import { sharedTemporaryFolder, temporaryFolder } from '../temporary-folder.ts';
import { OwnServer, settled, until } from './own-server.ts';
import { comparableRecords } from './stored-records.ts';

const root = sharedTemporaryFolder();
let server: OwnServer;
beforeAll(async () => {
  server = await OwnServer.start(root);
});
afterAll(() => server.stop());

/** 2,000 runs, 500 of them added by an extension; one attempt in twenty fails. */
const architectures = { before: 375, after: 500 };
const request = (id: string, count: number, rate: number): StudyRequest => ({
  id,
  rehearse: true,
  set: {
    'population.count': count,
    datasets: ['fashion-mnist', 'mnist'].flatMap((dataset) => [{ dataset }, { dataset, classes: 5 }]),
    'analysis.bootstrapResamples': 100,
    'rehearsal.failureRate': rate,
    'rehearsal.secondsPerRun': 0.05,
    'execution.concurrentRunsPerDataset': 8,
  },
});

const progressTo = (study: Study, runs: number) => until(study, (status) => settled(status) >= runs, 1800);

test('a study of 2,000 runs that is paused and extended, and whose workers and server are killed, ends as if nothing had happened', async () => {
  const studies = await server.studies();
  let worker = await server.startWorker('first', '--slots', '16');
  const study = await studies.start(request('disturbed', architectures.before, 0.05));

  for (const runs of [150, 400, 650]) {
    await progressTo(study, runs);
    await worker.stop('SIGKILL');
    worker = await server.startWorker(`after-${runs}`, '--slots', '16');
  }
  await progressTo(study, 800);
  await server.restart();
  await progressTo(study, 1000);
  await study.pause();
  const paused = settled(await until(study, ({ datasets }) => datasets.every(({ running }) => running.length === 0)));
  await study.resume();
  expect(paused).toBeLessThan(4 * architectures.before);
  expect(await study.extend({ architectures: architectures.after })).toBe(4 * architectures.after);
  const { runs } = await study.result();
  for (const counts of Object.values(runs))
    expect(counts).toEqual({ finished: 500, reused: 0, diverged: 0, failed: 0 });

  const disturbed = await comparableRecords(openDirectoryStore(server.store), 'disturbed');
  expect(disturbed.size).toBe(4 * architectures.after);

  // The undisturbed study has a store of its own, so that nothing is shared.
  const other = await OwnServer.start(await temporaryFolder());
  try {
    await other.startWorker('worker', '--slots', '16');
    await (await (await other.studies()).start(request('undisturbed', architectures.after, 0))).result();
    const undisturbed = await comparableRecords(openDirectoryStore(other.store), 'undisturbed');
    expect([...disturbed.keys()].sort()).toEqual([...undisturbed.keys()].sort());
    for (const [key, record] of disturbed) expect(record).toEqual(undisturbed.get(key));
  } finally {
    await other.stop();
  }
});
