import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tensorflowTrainer } from '../../lib/runs/trainer.ts';
import { trainAgain } from '../../lib/exports/verification/train-again.ts';
import { openDirectoryStore } from '../../lib/store/directory-store.ts';
import { runArtifacts } from '../../lib/study/documents/run-document.ts';
import { readRunRecord } from '../../lib/study/documents/run-record.ts';
import { StudyDocuments } from '../../lib/study/documents/study-documents.ts';
import { sharedTemporaryFolder } from '../temporary-folder.ts';
import { OwnServer, until } from './own-server.ts';

let server: OwnServer;
const root = sharedTemporaryFolder();
beforeAll(async () => {
  server = await OwnServer.start(root);
  await server.startWorker('worker', '--slots', '1', '--threads', '1');
});
afterAll(() => server.stop());

const epochs = 8;

test(
  'a paused training ends after its epoch, and later reaches the numbers of an undisturbed one',
  { timeout: 240_000 },
  async () => {
    const study = await (
      await server.studies()
    ).start({
      id: 'paused',
      set: {
        'population.count': 1,
        datasets: [{ dataset: 'fashion-mnist', trainingImages: 3200, validationImages: 64, testImages: 200 }],
        'protocol.epochs': epochs,
        'protocol.batchSize': 64,
        'analysis.bootstrapResamples': 100,
      },
    });
    const { datasets } = await until(
      study,
      (status) => (status.datasets[0]?.running[0]?.progress?.epoch ?? 0) > 1,
      100,
    );
    const before = datasets[0]!.running[0]!.progress!.epoch;
    await study.pause();
    await until(study, (status) => status.datasets[0]!.running.length === 0);

    const store = openDirectoryStore(server.store);
    const [run] = await new StudyDocuments(store, study.id).plan('fashion-mnist');
    const { runKey } = run!;
    const checkpoint = basename((await store.list(runArtifacts(runKey).checkpoints)).at(-1)!);
    const trained = Number(/^epoch-(\d+)\.bin$/.exec(checkpoint)?.[1]);
    expect(trained).toBeGreaterThanOrEqual(before);
    expect(trained).toBeLessThan(epochs);
    expect(await readRunRecord(store, runKey)).toBeUndefined();

    await study.resume();
    expect((await study.result()).runs).toEqual({
      'fashion-mnist': { finished: 1, reused: 0, diverged: 0, failed: 0 },
    });
    const log = await readFile(join(server.root, 'worker', 'worker.log'), 'utf8');
    expect(log.match(/continuing after [^"]*/g)).toEqual([`continuing after epoch ${trained} of ${epochs}`]);
    const again = await trainAgain(
      (await readRunRecord(store, runKey))!,
      {
        store,
        work: join(server.root, 'worker', 'work'),
        scratch: join(server.root, 'scratch'),
        trainer: tensorflowTrainer,
      },
      { signal: new AbortController().signal },
    );
    expect(again).toMatchObject({ reproduction: 'same', weights: { isEqual: true }, reasons: [] });
  },
);
