import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Study, StudyRequest } from '../../index.ts';
import { datasetLabels } from '../../lib/study/plan.ts';
import { readRunRecord, type RunRecord } from '../../lib/study/documents/run-record.ts';
import { StudyDocuments } from '../../lib/study/documents/study-documents.ts';
import { openDirectoryStore } from '../../lib/store/directory-store.ts';
import { sharedTemporaryFolder, temporaryFolder } from '../temporary-folder.ts';
import { OwnServer, settled, until } from './own-server.ts';

const root = sharedTemporaryFolder();
let server: OwnServer;
beforeAll(async () => {
  server = await OwnServer.start(root);
});
afterAll(() => server.stop());

/** 2,000 runs, of which 500 come by an extension; one attempt in twenty fails. */
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

type Comparable = Omit<RunRecord, 'timings'> & { timings: null };

/** The record of every run of a study, by its key, without what tells of the time that it took. */
async function recordsOf(id: string, directory: string): Promise<Map<string, Comparable>> {
  const store = openDirectoryStore(directory);
  const documents = new StudyDocuments(store, id);
  const records = new Map<string, Comparable>();
  for (const dataset of datasetLabels(await documents.config()))
    for (const { runKey } of await documents.plan(dataset)) {
      records.set(runKey, { ...(await readRunRecord(store, runKey))!, studyId: '', timings: null });
    }
  return records;
}

const progressTo = (study: Study, runs: number) => until(study, (status) => settled(status) >= runs, 1800);

test('a study of 2,000 runs whose workers and server are killed, that is paused and extended, is as if nothing had happened', async () => {
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

  const disturbed = await recordsOf('disturbed', server.store);
  expect(disturbed.size).toBe(4 * architectures.after);

  // The other one in a store of its own, so that nothing is shared.
  const other = await OwnServer.start(await temporaryFolder());
  try {
    await other.startWorker('worker', '--slots', '16');
    await (await (await other.studies()).start(request('undisturbed', architectures.after, 0))).result();
    const undisturbed = await recordsOf('undisturbed', other.store);
    expect([...disturbed.keys()].sort()).toEqual([...undisturbed.keys()].sort());
    for (const [key, record] of disturbed) expect(record).toEqual(undisturbed.get(key));
  } finally {
    await other.stop();
  }
});
