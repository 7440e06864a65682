import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { register as registerRetry } from '../../commands/retry.ts';
import type { StudyRequest } from '../../index.ts';
import { openDirectoryStore } from '../../lib/store/directory-store.ts';
import { runArtifacts } from '../../lib/study/documents/run-document.ts';
import { readRunRecord } from '../../lib/study/documents/run-record.ts';
import { StudyDocuments } from '../../lib/study/documents/study-documents.ts';
import { runCommand } from '../commands/run-command.ts';
import { python, stubPath } from '../lib/training/command/stub-run.ts';
import { sharedTemporaryFolder } from '../temporary-folder.ts';
import { OwnServer, until } from './own-server.ts';

let server: OwnServer;
const root = sharedTemporaryFolder();
/** Cache of workers on machines without TensorFlow. */
const cache = join(root, 'cache');
beforeAll(async () => {
  server = await OwnServer.start(root, { environment: { XDG_CACHE_HOME: cache } });
});
afterAll(() => server.stop());

const label = 'mnist/2-classes';
const epochs = 30;
const options = ['--slots', '1', '--threads', '1'];

/** A study of one network. Another version of the trainer counts as another engine and shares no runs. */
async function request(id: string, version: string, settings: object, stopSeconds = 2): Promise<StudyRequest> {
  return {
    id,
    folder: dirname(stubPath),
    config: {
      name: id,
      trainer: {
        ...{ kind: 'command', name: 'stub', version, command: [await python(), 'stub_trainer.py'] },
        ...{ files: ['stub_trainer.py'], deterministic: true, stopSeconds },
      },
      population: { source: 'list', networks: [{ name: 'a', spec: 1 }] },
      protocol: { settings: { epochs, ...settings } },
      reference: label,
      datasets: [{ dataset: 'mnist', classes: 2, trainingImages: 40, validationImages: 10, testImages: 20 }],
      analysis: { bootstrapResamples: 100 },
    },
  };
}

/** Ids of the stub's processes on this machine that belong to a run. */
function trainers(runKey: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('stub_trainer.py') &&
          readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`/runs/${runKey}/run`)
        );
      } catch {
        return false;
      }
    })
    .map(Number);
}

const runKeyOf = async (id: string) =>
  (await new StudyDocuments(openDirectoryStore(server.store), id).plan(label))[0]!.runKey;

/** The results of a study's run, apart from the version of its trainer and from times. */
async function measured(id: string): Promise<object> {
  const { curve, test, validation, outcome } = (await readRunRecord(
    openDirectoryStore(server.store),
    await runKeyOf(id),
  ))!;
  return { curve, test, validation, outcome };
}

test(
  'a run whose trainer is killed, whose study is paused, and whose worker is killed ends on another machine with the record of an undisturbed run; neither machine has TensorFlow',
  { timeout: 240_000 },
  async () => {
    const first = await server.startWorker('first', ...options);
    await first.said(/^TensorFlow is not set up here \(missing: libtensorflow/m);
    const studies = await server.studies();
    const study = await studies.start(await request('disturbed', '1', { seconds: 0.4 }));
    const epoch = async () => (await study.status()).datasets[0]?.running[0]?.progress?.epoch ?? 0;
    await until(study, ({ datasets }) => (datasets[0]?.running[0]?.progress?.epoch ?? 0) >= 2, 100);
    const runKey = await runKeyOf('disturbed');

    const [trainer] = trainers(runKey);
    process.kill(trainer!, 'SIGKILL');
    await expect.poll(() => trainers(runKey).filter((pid) => pid !== trainer), { timeout: 30_000 }).toHaveLength(1);
    await expect.poll(epoch, { timeout: 30_000 }).toBeGreaterThan(3);

    await study.pause();
    await until(study, ({ datasets }) => datasets[0]!.running.length === 0);
    expect(trainers(runKey)).toEqual([]);
    const store = openDirectoryStore(server.store);
    expect(await store.list(runArtifacts(runKey).checkpoints)).not.toEqual([]);
    await study.resume();
    await expect.poll(() => trainers(runKey), { timeout: 30_000 }).toHaveLength(1);

    await first.stop('SIGKILL');
    await expect.poll(() => trainers(runKey), { timeout: 10_000 }).toEqual([]);
    const second = await server.startWorker('second', ...options);
    onTestFinished(async () => void (await second.stop()));
    await study.result();

    const log = readFileSync(join(server.root, 'second', 'worker.log'), 'utf8');
    expect(log.match(/continuing from checkpoint epoch-/g)).toHaveLength(1);
    await (await studies.start(await request('undisturbed', '2', {}))).result();
    expect(await measured('disturbed')).toEqual(await measured('undisturbed'));
    expect(await measured('disturbed')).toMatchObject({ outcome: 'finished', curve: { length: epochs } });
    const cached = existsSync(cache) ? readdirSync(cache, { recursive: true, encoding: 'utf8' }) : [];
    expect(cached.filter((name) => name.includes('tensorflow'))).toEqual([]);
  },
);

test(
  'a worker that is given the time lets a trainer take more than ten seconds to save its state',
  { timeout: 120_000 },
  async () => {
    const patient = [...options, '--stop-seconds', '20'];
    const worker = await server.startWorker('patient', ...patient);
    const misbehaviour = { misbehaviour: 'save-on-sigterm', saving: 11 };
    const study = await (await server.studies()).start(await request('saved', '3', misbehaviour, 15));
    const log = () => readFileSync(join(server.root, 'patient', 'worker.log'), 'utf8');
    await expect.poll(log, { timeout: 60_000, interval: 200 }).toContain('waiting for SIGTERM');
    expect(await worker.stop()).toBe(0);
    const again = await server.startWorker('patient', ...patient);
    onTestFinished(async () => void (await again.stop()));
    await study.result();
    expect(log()).toContain('continuing from checkpoint epoch-2');
  },
);

test(
  '`retry` lets failed runs of a trainer continue from their checkpoints, or start over, once the cause is fixed',
  { timeout: 120_000 },
  async () => {
    const worker = await server.startWorker('third', ...options);
    onTestFinished(async () => void (await worker.stop()));
    const mended = join(root, 'mended');
    const { config, ...rest } = await request('failed', '4', {});
    const [dataset] = (config as { datasets: object[] }).datasets;
    const other = 'mnist/3-classes';
    const failing = { misbehaviour: 'exit', code: 1, epoch: 5, mended };
    const study = await (
      await server.studies()
    ).start({
      ...rest,
      config: {
        ...(config as object),
        population: { source: 'list', networks: [{ name: 'a' }, { name: 'b' }] },
        datasets: [dataset, { ...dataset, classes: 3, protocol: { settings: failing } }],
        execution: { maximumAttempts: 1 },
      },
    });
    expect((await study.result()).runs[other]).toMatchObject({ finished: 0, failed: 2 });
    const retry = async (...args: string[]) => {
      const where = ['--state', join(root, 'client'), '--store', server.store];
      const { stderr } = await runCommand(registerRetry, ['retry', 'failed', ...args, ...where]);
      return stderr.trim();
    };
    writeFileSync(mended, '');
    expect(await retry('--architecture', 'a')).toBe(`Retrying 1 on ${other}.`);
    expect((await study.result()).runs[other]).toMatchObject({ finished: 1, failed: 1 });
    const log = () => readFileSync(join(server.root, 'third', 'worker.log'), 'utf8');
    expect(log().match(/continuing from checkpoint epoch-4/g)).toHaveLength(1);
    expect(await retry('--from', 'scratch')).toBe(`Retrying 1 on ${other}.`);
    expect((await study.result()).runs[other]).toMatchObject({ finished: 2, failed: 0 });
    expect(log().match(/continuing from checkpoint/g)).toHaveLength(1);
    expect(await retry()).toBe('No run has failed.');
    const store = openDirectoryStore(server.store);
    for (const { runKey } of await new StudyDocuments(store, 'failed').plan(other))
      expect(await readRunRecord(store, runKey)).toMatchObject({ outcome: 'finished', curve: { length: epochs } });
  },
);
