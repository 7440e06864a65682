import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { RunInput } from '../../activities/contract.ts';
import { dataActivities } from '../../activities/data.ts';
import type { ActivityDependencies } from '../../activities/dependencies.ts';
import { planningActivities } from '../../activities/planning.ts';
import { trainActivities } from '../../activities/train.ts';
import { resolveRequest } from '../../control/submission-request.ts';
import { Executors } from '../../lib/runs/executors.ts';
import { tensorflowTrainer } from '../../lib/runs/trainer.ts';
import { openPreparedDataset } from '../../lib/datasets/prepared-dataset.ts';
import { openDirectoryStore } from '../../lib/store/directory-store.ts';
import { readRunDocument } from '../../lib/study/documents/run-document.ts';
import { readRunRecord, type RunRecord } from '../../lib/study/documents/run-record.ts';
import { submitStudy } from '../../lib/study/documents/submission.ts';
import { python, stubPath } from '../lib/training/command/stub-run.ts';
import { sharedTemporaryFolder, temporaryFolder } from '../temporary-folder.ts';

const prepared = sharedTemporaryFolder();
const label = 'mnist/2-classes';
const dataset = { dataset: 'mnist', classes: 2, trainingImages: 40, validationImages: 10, testImages: 20 };

let store: ReturnType<typeof openDirectoryStore>;
beforeEach(async () => {
  store = openDirectoryStore(join(await temporaryFolder(), 'store'));
});

/** A worker of its own machine; prepared data are shared to save time. */
function machine(work: string): ActivityDependencies {
  return { store, work, devices: [{ kind: 'cpu', threads: 1 }], trainer: tensorflowTrainer };
}

const logger = new DefaultLogger('ERROR', () => undefined);
const carryOut = <Args extends unknown[], Result>(activity: (...args: Args) => Promise<Result>, ...args: Args) =>
  new MockActivityEnvironment({ attempt: 1 }, { logger }).run<Args, Result, (...args: Args) => Promise<Result>>(
    activity,
    ...args,
  );

/** Starts a study of the stub, and plans its runs. */
async function started(studyId: string, settings: object, trainer: object = {}): Promise<RunInput[]> {
  const submission = await resolveRequest({
    id: studyId,
    folder: dirname(stubPath),
    config: {
      name: studyId,
      trainer: {
        ...{ kind: 'command', name: 'stub', version: '1', command: [await python(), 'stub_trainer.py'] },
        ...{ files: ['stub_trainer.py'], deterministic: true, stopSeconds: 1, ...trainer },
      },
      population: {
        source: 'list',
        networks: [
          { name: 'a', spec: { layers: 1 }, flops: 5 },
          { name: 'b', spec: null },
        ],
      },
      protocol: { settings },
      reference: label,
      datasets: [dataset],
    },
  });
  await submitStudy(store, submission);
  const dependencies = machine(prepared);
  const executors = new Executors(dependencies);
  const planning = planningActivities(dependencies, executors);
  await carryOut(planning.samplePopulation, { studyId });
  await carryOut(dataActivities(dependencies, executors).prepareDataset, { studyId, dataset: label });
  const { open } = await carryOut(planning.planRuns, { studyId, dataset: label, page: 0 });
  return open.map((run) => ({
    ...run,
    studyId,
    dataset: label,
    maximumAttempts: 3,
    tensorBoard: false,
    retain: 'everything',
  }));
}

const trained = (input: RunInput, work = prepared) =>
  carryOut(trainActivities(machine(work), new Executors(machine(work))).train, input);
const evaluated = (input: RunInput, work = prepared) =>
  carryOut(trainActivities(machine(work), new Executors(machine(work))).evaluate, input);
const record = async ({ runKey }: RunInput) => (await readRunRecord(store, runKey))!;

/** What a record tells of what was measured; not of the settings, which say how the run was disturbed, nor of times. */
const essence = (record: RunRecord) =>
  Object.fromEntries(
    Object.entries(record).filter(([field]) => !['timings', 'studyId', 'protocol', 'runKey'].includes(field)),
  );

/** The record of the first run, undisturbed, of a store of its own. */
async function undisturbed(): Promise<ReturnType<typeof essence>> {
  const disturbed = store;
  store = openDirectoryStore(join(await temporaryFolder(), 'store'));
  try {
    const [run] = await started('undisturbed', {});
    await trained(run!);
    await evaluated(run!);
    return essence(await record(run!));
  } finally {
    store = disturbed;
  }
}

describe('a run of a study that names a command trainer', () => {
  test('is trained by the command, recorded with its measurements, and leaves nothing on the machine', async () => {
    const [a, b] = await started('plain', {});
    expect(await trained(a!)).toBe('trained');
    expect(await record(a!)).toBeUndefined();
    const { top1Error } = await evaluated(a!);
    expect(await record(a!)).toMatchObject({
      ...{ architectureName: 'a', architecture: { name: 'a', spec: { layers: 1 } }, protocol: { settings: {} } },
      ...{ outcome: 'finished', complexity: null, test: { images: 20, top1Error }, validation: { images: 10 } },
      versions: { stub: '1', device: 'CPU, 1 thread', engine: expect.stringMatching(/^command\/stub@1\+/) as string },
      curve: [{ epoch: 1 }, { epoch: 2 }, { epoch: 3, metrics: { norm: 3 } }],
    });
    expect(await store.list(`runs/${a!.runKey}/`)).toEqual(
      ['record.json', 'run.json', 'weights.bin'].map((name) => `runs/${a!.runKey}/${name}`),
    );
    expect(await readdir(join(prepared, 'runs'))).toEqual([]);
    await trained(b!);
    await evaluated(b!);
    expect((await record(b!)).test).not.toEqual((await record(a!)).test);
  });

  test('keeps its predictions if they agree with its result and the data, even if nothing else is retained', async () => {
    // Half of the images are of each class; the record says in which order.
    const [plain] = await started('labels', {});
    const { datasetDigest } = await readRunDocument(store, plain!.runKey);
    const { directory } = await new Executors(machine(prepared))
      .datasets(undefined)
      .use(datasetDigest, (local) => Promise.resolve(local));
    const labels = Array.from(await (await openPreparedDataset(directory)).labels('test'));
    const result = { test: { images: 20, top1Error: 0.25, loss: 1 } };
    const right = { labels, wrong: 5, result };
    const [kept] = (await started('predicting', right)).map((run) => ({
      ...run,
      predictions: true,
      retain: 'records' as const,
    }));
    await trained(kept!);
    await evaluated(kept!);
    expect((await record(kept!)).predictions).toMatchObject({ balancedError: expect.any(Number) as number });
    const files = ['predictions.parquet', 'record.json', 'run.json'];
    expect(await store.list(`runs/${kept!.runKey}/`)).toEqual(files.map((name) => `runs/${kept!.runKey}/${name}`));
    const unwanted = { ...kept!, predictions: false };
    await store.delete(`runs/${kept!.runKey}/record.json`);
    await store.delete(`runs/${kept!.runKey}/predictions.parquet`);
    await trained(unwanted);
    expect(await store.has(`runs/${kept!.runKey}/predictions.parquet`)).toBe(false);
    for (const [studyId, settings, problem] of [
      ['other-error', { ...right, wrong: 4 }, 'they have 4 top-1 errors, but the result says 5'],
      ['other-labels', { ...right, labels: labels.map((label) => 1 - label) }, 'label of image 0 must be'],
      ['few', { ...right, labels: labels.slice(1) }, 'it must have 20 rows'],
    ] as const) {
      const [run] = await started(studyId, settings);
      await expect(trained({ ...run!, predictions: true })).rejects.toMatchObject({
        type: 'crash',
        message: expect.stringContaining(problem) as string,
      });
    }
    await rm(join(prepared, 'runs'), { recursive: true });
  });

  test('that diverges is recorded as such', async () => {
    const [a] = await started('diverging', { misbehaviour: 'diverge' });
    expect(await trained(a!)).toBe('diverged');
    expect(await record(a!)).toMatchObject({
      failure: { category: 'divergence', message: 'the loss was nan in epoch 2' },
      curve: [{ epoch: 1 }],
    });
  });

  test.each([
    ['exit code 65 for good', { misbehaviour: 'exit', code: 65 }, { type: 'input', nonRetryable: true }],
    ['exit code 75 for now', { misbehaviour: 'exit', code: 75 }, { type: 'infrastructure', nonRetryable: false }],
    ['exit code 69 here', { misbehaviour: 'exit', code: 69 }, { type: 'infrastructure', nextRetryDelay: 10_000 }],
    ['a crash, which is counted', { misbehaviour: 'exception' }, { type: 'crash', nonRetryable: false }],
    ['a result that is none', { result: { outcome: 'good' } }, { type: 'crash', nonRetryable: false }],
  ])('fails by %s', async (_what, settings, failure) => {
    const [a] = await started('failing', settings);
    await expect(trained(a!)).rejects.toMatchObject(failure);
    expect(await store.has(`runs/${a!.runKey}/record.json`)).toBe(false);
  });

  test('is handed back by a worker without the command, which gives the reason', async () => {
    const [a] = await started('elsewhere', {}, { command: ['no-such-program'] });
    await expect(trained(a!)).rejects.toMatchObject({ type: 'infrastructure', nextRetryDelay: 10_000 });
  });

  test('does not count if its trainer changed its own files, which the next attempt gets again', async () => {
    const settings = { misbehaviour: 'write-files', path: 'stub_trainer.py', attempts: 1 };
    const [a] = await started('changing', settings);
    await expect(trained(a!)).rejects.toMatchObject({
      type: 'crash',
      message: expect.stringContaining('has changed its own files while it ran') as string,
    });
    expect(await trained(a!)).toBe('trained');
  });

  test('is interrupted with its worker', async () => {
    const [a] = await started('interrupted', { misbehaviour: 'hang' });
    const { train } = trainActivities(machine(prepared), new Executors(machine(prepared)));
    const environment = new MockActivityEnvironment({ attempt: 1 }, { logger });
    const running = environment.run<[RunInput], unknown, typeof train>(train, a!);
    const curve = join(prepared, 'runs', a!.runKey, 'curve.jsonl');
    await expect.poll(() => readFile(curve, 'utf8').catch(() => ''), { timeout: 10_000 }).toContain('"epoch":1');
    environment.cancel('WORKER_SHUTDOWN');
    await expect(running).rejects.toThrow('WORKER_SHUTDOWN');
    await rm(join(prepared, 'runs'), { recursive: true });
  });
});

describe('a disturbed run has the record of an undisturbed one', () => {
  test('if its trainer crashes and continues', async () => {
    const settings = { misbehaviour: 'exception', epoch: 3, attempts: 1 };
    const [a] = await started('crashing', settings);
    await expect(trained(a!)).rejects.toMatchObject({ type: 'crash' });
    await trained(a!);
    await evaluated(a!);
    expect(essence(await record(a!))).toEqual(await undisturbed());
  });

  test('if it continues on another machine, which gets checkpoint and curve from the store', async () => {
    const settings = { misbehaviour: 'exception', epoch: 3, attempts: 1 };
    const [a] = await started('moving', settings);
    await expect(trained(a!)).rejects.toMatchObject({ type: 'crash' });
    expect(await store.list(`runs/${a!.runKey}/checkpoints/`)).toEqual([`runs/${a!.runKey}/checkpoints/epoch-2.tar`]);
    const other = await temporaryFolder();
    // It crashes there, too: it counts its own attempts.
    await expect(trained(a!, other)).rejects.toMatchObject({ type: 'crash' });
    const run = JSON.parse(await readFile(join(other, 'runs', a!.runKey, 'run/run.json'), 'utf8')) as object;
    expect(run).toMatchObject({ resume: 'checkpoints/epoch-2', attempt: 1 });
    await trained(a!, other);
    await evaluated(a!, other);
    expect(essence(await record(a!))).toEqual(await undisturbed());
    expect(await store.list(`runs/${a!.runKey}/checkpoints/`)).toEqual([]);
    await rm(join(prepared, 'runs'), { recursive: true });
  });

  test.each([1, 65])('if its data become damaged, so that it ends with exit code %i', async (code) => {
    const work = await temporaryFolder();
    const [plain] = await started('undamaged', {});
    const { datasetDigest } = await readRunDocument(store, plain!.runKey);
    const images = await new Executors(machine(work))
      .datasets(undefined)
      .use(datasetDigest, ({ directory, manifest }) => Promise.resolve(join(directory, manifest.parent.directory)));
    const path = join(images, 'shard-00000.bin');
    const before = await readFile(path);
    const [a] = await started('damaging', { misbehaviour: 'damage', path, code, epoch: 3, attempts: 1 });
    // One worker, which has found the data intact before.
    const { train } = trainActivities(machine(work), new Executors(machine(work)));
    await expect(carryOut(train, a!)).rejects.toMatchObject({
      ...{ type: 'infrastructure', nonRetryable: false },
      message: expect.stringMatching(
        /shard-00000\.bin is damaged; .* ended with exit code .*cannot read the images/s,
      ) as string,
    });
    expect((await readFile(path)).equals(before)).toBe(false);
    expect(await carryOut(train, a!)).toBe('trained');
    expect((await readFile(path)).equals(before)).toBe(true);
    await evaluated(a!, work);
    expect(essence(await record(a!))).toEqual(await undisturbed());
  });

  test('if its checkpoint in the store is damaged: it starts again', async () => {
    const settings = { misbehaviour: 'exception', epoch: 3, attempts: 1 };
    const [a] = await started('damaged', settings);
    await expect(trained(a!)).rejects.toMatchObject({ type: 'crash' });
    await store.put(`runs/${a!.runKey}/checkpoints/epoch-2.tar`, 'damaged');
    const other = await temporaryFolder();
    await expect(trained(a!, other)).rejects.toMatchObject({ type: 'crash' });
    await trained(a!, other);
    await evaluated(a!, other);
    expect(essence(await record(a!))).toEqual(await undisturbed());
    await rm(join(prepared, 'runs'), { recursive: true });
  });
});
