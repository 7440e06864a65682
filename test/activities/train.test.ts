import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger, type LogEntry } from '@temporalio/worker';
import { AsyncResource } from 'node:async_hooks';
import { cp, mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PlanPage, RunInput } from '../../activities/contract.ts';
import { dataActivities } from '../../activities/data.ts';
import { planningActivities } from '../../activities/planning.ts';
import type { ActivityDependencies } from '../../activities/dependencies.ts';
import { reportingActivities } from '../../activities/reporting.ts';
import { trainActivities } from '../../activities/train.ts';
import type { RunTask, Trainer } from '../../lib/runs/trainer.ts';
import { resolveRequest } from '../../control/submission-request.ts';
import { Executors } from '../../lib/runs/executors.ts';
import { openDirectoryStore } from '../../lib/store/directory-store.ts';
import { readRunRecord } from '../../lib/study/documents/run-record.ts';
import {
  TrainingFailure,
  type EvaluationResult,
  type RunOptions,
  type TrainingResult,
} from '../../lib/training/run.ts';
import { submitStudy } from '../../lib/study/documents/submission.ts';
import { sharedTemporaryFolder, temporaryFolder } from '../temporary-folder.ts';

/** Where no activity is at work. */
const outside = new AsyncResource('outside');

/** Trains nothing, and keeps what it was asked. */
class FakeTrainer implements Trainer {
  engine = 'fake/1';
  readonly trained: RunTask[] = [];
  readonly evaluated: RunTask[] = [];
  errorOf: (task: RunTask) => number = () => 0.25;
  outcome: (signal: AbortSignal | undefined) => Promise<Partial<TrainingResult>> = () => Promise.resolve({});

  runTraining = async (task: RunTask, { signal, onLog }: RunOptions = {}): Promise<TrainingResult> => {
    this.trained.push(task);
    // As a process does that was started to stand by while another run was trained.
    outside.runInAsyncScope(() => onLog?.(`training ${task.runKey}`));
    const [weightsFile, savedModelDirectory] = [join(task.workDirectory, 'weights.bin'), join(task.workDirectory, 'm')];
    await writeFile(weightsFile, `weights of ${task.runKey}`);
    await mkdir(join(savedModelDirectory, 'variables'), { recursive: true });
    await writeFile(join(savedModelDirectory, 'variables', 'variables.index'), '');
    if (task.tensorBoard) {
      await mkdir(join(task.workDirectory, 'events'));
      await writeFile(join(task.workDirectory, 'events', 'loss.v2'), '');
    }
    const result: TrainingResult = {
      outcome: 'finished',
      failure: null,
      curve: [],
      weightsFile,
      savedModelDirectory,
      eventsDirectory: task.tensorBoard ? join(task.workDirectory, 'events') : null,
      predictionsFile: null,
      versions: { engine: this.engine },
      trainingSeconds: 2,
      evaluation: null,
    };
    return { ...result, ...(await this.outcome(signal)) };
  };

  runEvaluation = async (task: RunTask, weightsFile: string): Promise<EvaluationResult> => {
    this.evaluated.push(task);
    expect(await readFile(weightsFile, 'utf8')).toBe(`weights of ${task.runKey}`);
    const test = { images: 20, loss: 1, top1Error: this.errorOf(task), top5Error: null };
    return { validation: null, test, evaluationSeconds: 1, predictionsFile: null, versions: {} };
  };
}

const studyId = 'tiny';
let root: string;
let trainer = new FakeTrainer();
let dependencies: ActivityDependencies;
let runs: PlanPage['open'];

const carryOut = <Args extends unknown[], Result>(activity: (...args: Args) => Promise<Result>, ...args: Args) =>
  new MockActivityEnvironment({ attempt: 1 }).run<Args, Result, (...args: Args) => Promise<Result>>(activity, ...args);

const runOf = (index: number): RunInput => ({
  studyId,
  dataset: 'mnist/2-classes',
  ...runs[index]!,
  maximumAttempts: 3,
  tensorBoard: false,
  retain: 'everything',
});

const training = () => trainActivities(dependencies, new Executors(dependencies));
const planning = () => planningActivities(dependencies, new Executors(dependencies));
const plan = () => carryOut(planning().planRuns, { studyId, dataset: 'mnist/2-classes', page: 0 });

/** A state with the study submitted and its dataset prepared, which each test has a copy of, with the same images. */
const prepared = sharedTemporaryFolder();
const images = 'work/datasets/images';

const dependenciesIn = (folder: string) => ({
  store: openDirectoryStore(join(folder, 'store')),
  work: join(folder, 'work'),
  devices: [{ kind: 'cpu' as const, threads: 1 }],
  trainer,
});

beforeAll(async () => {
  dependencies = dependenciesIn(prepared);
  const submission = await resolveRequest({
    id: studyId,
    set: [
      'population.count=2',
      'analysis.extremes=1',
      'protocol.epochs=2',
      'datasets=[{"dataset":"mnist","classes":2,"trainingImages":40,"validationImages":10,"testImages":20}]',
      'reference="mnist/2-classes"',
    ],
  });
  await submitStudy(dependencies.store, submission);
  await carryOut(planning().samplePopulation, { studyId });
  const { prepareDataset } = dataActivities(dependencies, new Executors(dependencies));
  await carryOut(prepareDataset, { studyId, dataset: 'mnist/2-classes' });
});

beforeEach(async () => {
  root = await temporaryFolder();
  await cp(prepared, root, { recursive: true, filter: (path) => path !== join(prepared, images) });
  await symlink(join(prepared, images), join(root, images));
  trainer = new FakeTrainer();
  dependencies = dependenciesIn(root);
  runs = (await plan()).open;
});

describe('a run', () => {
  test('is trained, tested from the stored weights, and recorded with everything that determines it', async () => {
    const { train, evaluate } = training();
    expect(await carryOut(train, runOf(0))).toBe('trained');
    expect(await readRunRecord(dependencies.store, runOf(0).runKey)).toBeUndefined();
    expect(await carryOut(evaluate, runOf(0))).toEqual({ top1Error: 0.25 });
    expect(await readRunRecord(dependencies.store, runOf(0).runKey)).toMatchObject({
      studyId,
      architectureName: 'arch-000',
      dataset: 'mnist/2-classes',
      seed: 0,
      outcome: 'finished',
      versions: { engine: 'fake/1' },
      protocol: { epochs: 2 },
      test: { top1Error: 0.25 },
      timings: { trainingSeconds: 2, evaluationSeconds: 1 },
    });
    const { store } = dependencies;
    expect(await store.list(`runs/${runOf(0).runKey}/`)).toEqual(
      ['model/variables/variables.index', 'record.json', 'run.json', 'weights.bin'].map(
        (name) => `runs/${runOf(0).runKey}/${name}`,
      ),
    );
    expect(await readdir(join(root, 'work/runs'))).toEqual([]);
  });

  test('has the lines of its process in the log of the worker, labelled with the run', async () => {
    const lines: LogEntry[] = [];
    const logger = new DefaultLogger('INFO', (entry) => lines.push(entry));
    const { train } = training();
    for (const index of [0, 1]) {
      const environment = new MockActivityEnvironment({ attempt: 1, activityId: `train ${index}` }, { logger });
      await environment.run<[RunInput], unknown, typeof train>(train, runOf(index));
    }
    const said = lines.filter(({ message }) => message.startsWith('training '));
    expect(said.map(({ message, meta }) => [message, meta?.['activityId'] as unknown])).toEqual(
      [0, 1].map((index) => [`training ${runOf(index).runKey}`, `train ${index}`]),
    );
  });

  test('that is recorded is neither trained nor tested again, whichever study asks', async () => {
    const { train, evaluate } = training();
    await carryOut(train, runOf(0));
    await carryOut(evaluate, runOf(0));
    expect(await carryOut(train, { ...runOf(0), studyId: 'another' })).toBe('recorded');
    // This study's own: its worker was lost after it wrote the record.
    expect(await carryOut(train, runOf(0))).toBe('trained');
    expect(await carryOut(evaluate, runOf(0))).toEqual({ top1Error: 0.25 });
    expect([trainer.trained.length, trainer.evaluated.length]).toEqual([1, 1]);
    expect(await plan()).toEqual({
      open: [runs[1]],
      settled: { finished: 1, reused: 0, diverged: 0, failed: 0 },
      isLast: true,
    });
  });

  test('that two studies carry out at the same time belongs to the one that tested it first, and is reused by the other', async () => {
    const { train, evaluate } = training();
    const [first, second] = [runOf(0), { ...runOf(0), studyId: 'another', retain: 'records' as const }];
    expect([await carryOut(train, first), await carryOut(train, second)]).toEqual(['trained', 'trained']);
    // While the second one tests the network, the first one, on another machine, comes to its end.
    trainer.errorOf = (task) => {
      trainer.errorOf = () => 0.25;
      elsewhere = carryOut(training().evaluate, { ...first, runKey: task.runKey });
      return 0.25;
    };
    let elsewhere: Promise<unknown> | undefined;
    const another = dependenciesIn(root);
    another.work = join(root, 'another machine');
    await cp(join(root, 'work'), another.work, { recursive: true });
    const { evaluate: there } = trainActivities(another, new Executors(another));
    const record = `runs/${first.runKey}/record.json`;
    const { create } = dependencies.store;
    another.store.create = async (name, content) => {
      if (name === record) await elsewhere;
      return create.call(another.store, name, content);
    };
    expect(await carryOut(there, second)).toEqual({ top1Error: 0.25, isReused: true });
    expect(await carryOut(evaluate, second)).toEqual({ top1Error: 0.25, isReused: true });
    expect(await carryOut(evaluate, first)).toEqual({ top1Error: 0.25 });
    expect(await readRunRecord(dependencies.store, first.runKey)).toMatchObject({ studyId, outcome: 'finished' });
    expect(await storedOf(0)).toContain('weights.bin');
  });

  test('that was trained before its worker was lost is not trained again', async () => {
    const { train } = training();
    await carryOut(train, runOf(0));
    expect(await carryOut(train, runOf(0))).toBe('trained');
    expect(trainer.trained).toHaveLength(1);
  });

  test('leaves no checkpoints in store and folder, even if its worker or the store was lost before they were removed', async () => {
    const { train } = training();
    const left = `runs/${runOf(0).runKey}/checkpoints/epoch-000001.bin`;
    const folder = join(root, 'work/runs', runOf(0).runKey);
    for (const asked of [runOf(0), { ...runOf(0), studyId: 'another' }]) {
      await carryOut(train, runOf(0));
      await dependencies.store.put(left, 'state');
      await mkdir(join(folder, 'checkpoints'), { recursive: true });
      await carryOut(train, asked);
      expect(await dependencies.store.has(left)).toBe(false);
      expect(await readdir(join(root, 'work/runs'))).toEqual([]);
      await carryOut(training().evaluate, runOf(0));
    }
  });

  test('that diverged is recorded as such, with the reason', async () => {
    trainer.outcome = () => Promise.resolve({ outcome: 'diverged', failure: 'the loss was NaN in epoch 1' });
    expect(await carryOut(training().train, runOf(1))).toBe('diverged');
    expect(await readRunRecord(dependencies.store, runOf(1).runKey)).toMatchObject({
      outcome: 'diverged',
      failure: { category: 'divergence', message: 'the loss was NaN in epoch 1' },
      test: null,
    });
    // Its worker was lost after it wrote the record: no other study has diverged.
    expect(await carryOut(training().train, runOf(1))).toBe('diverged');
    expect(await carryOut(training().train, { ...runOf(1), studyId: 'another' })).toBe('recorded');
  });

  test('that finally failed is recorded, and tried again on request or by another study', async () => {
    const { recordFailure, clearFailedRuns } = planning();
    const retry = { studyId, dataset: 'mnist/2-classes', from: 'checkpoint' } as const;
    const failure = { category: 'crash', message: 'out of memory' } as const;
    expect(await carryOut(recordFailure, { ...runOf(0), failure })).toBe('failed');
    expect(await readRunRecord(dependencies.store, runOf(0).runKey)).toMatchObject({ outcome: 'failed', failure });
    expect(await plan()).toMatchObject({
      ...{ open: [runs[1]], settled: { failed: 1 } },
      failures: { first: 'arch-000: out of memory', runs: [['out of memory', 1]] },
    });
    expect(await carryOut(clearFailedRuns, { ...retry, instructionId: 'a', architecture: 'arch-001' })).toBe(0);
    expect(await carryOut(clearFailedRuns, { ...retry, instructionId: 'b' })).toBe(1);
    expect((await plan()).open).toEqual(runs);
    // A worker was lost before it could tell: the next attempt is about the same run, and tells the same.
    expect(await carryOut(clearFailedRuns, { ...retry, instructionId: 'b' })).toBe(1);
    expect(await carryOut(clearFailedRuns, { ...retry, instructionId: 'c' })).toBe(0);

    await carryOut(recordFailure, { ...runOf(0), studyId: 'another', failure });
    expect((await plan()).open).toEqual(runs);
    const { train, evaluate } = training();
    await carryOut(train, runOf(0));
    await carryOut(evaluate, runOf(0));
    expect(await carryOut(recordFailure, { ...runOf(0), failure })).toBe('finished');
    expect(await carryOut(recordFailure, { ...runOf(0), studyId: 'another', failure })).toBe('reused');
    expect((await readRunRecord(dependencies.store, runOf(0).runKey))?.outcome).toBe('finished');
  });

  test('that is retried from scratch uses another folder', async () => {
    trainer.outcome = () => Promise.reject(new Error('broken'));
    const { train } = training();
    await expect(carryOut(train, runOf(0))).rejects.toThrow('broken');
    await carryOut(planning().recordFailure, { ...runOf(0), failure: { category: 'internal', message: 'broken' } });
    const retry = { studyId, dataset: 'mnist/2-classes', instructionId: 'a', from: 'scratch' } as const;
    expect(await carryOut(planning().clearFailedRuns, retry)).toBe(1);
    trainer.outcome = () => Promise.resolve({});
    await carryOut(train, runOf(0));
    expect(trainer.trained[1]?.workDirectory).toBe(`${trainer.trained[0]?.workDirectory}-1`);
  });

  test('on damaged data has the data checked again, and is tried once more', async () => {
    trainer.outcome = () => Promise.reject(new TrainingFailure('damaged-data', 'train-00000.bin is damaged'));
    const failing = carryOut(training().train, runOf(0));
    await expect(failing).rejects.toMatchObject({ type: 'crash', nonRetryable: false });
  });

  test('on data that has disappeared from this machine has it prepared again', async () => {
    const { train } = training();
    await carryOut(train, runOf(0));
    await rm(join(root, 'work/datasets'), { recursive: true });
    await carryOut(train, runOf(1));
    expect(await readdir(join(root, 'work/datasets/views'))).toHaveLength(1);
  });

  test('keeps its folder when it is interrupted, and continues in it', async () => {
    const environment = new MockActivityEnvironment({ attempt: 1 });
    trainer.outcome = (signal) => sleep(60_000, {}, { signal: signal as AbortSignal });
    const { train } = training();
    const interrupted = environment.run<[RunInput], unknown, typeof train>(train, runOf(0));
    while (trainer.trained.length === 0) await sleep(10);
    environment.cancel('WORKER_SHUTDOWN');
    await expect(interrupted).rejects.toThrow('WORKER_SHUTDOWN');
    trainer.outcome = () => Promise.resolve({});
    expect(await carryOut(train, runOf(0))).toBe('trained');
    expect(trainer.trained[1]?.workDirectory).toBe(trainer.trained[0]?.workDirectory);
  });

  test('that another machine has finished or restarted leaves no folder here; others do', async () => {
    const { train, evaluate } = training();
    const folderOf = (index: number, ending = '') => join(root, 'work/runs', runOf(index).runKey + ending);
    await carryOut(train, runOf(0));
    await carryOut(evaluate, runOf(0));
    for (const folder of [folderOf(0), folderOf(1), folderOf(1, '-1'), folderOf(1, '-2'), join(root, 'work/runs/mine')])
      await mkdir(folder, { recursive: true });
    await dependencies.store.put(`runs/${runOf(1).runKey}/generation`, '2');
    // A worker that has just begun.
    await carryOut(training().evaluate, { ...runOf(0), studyId: 'another' });
    expect((await readdir(join(root, 'work/runs'))).sort()).toEqual([`${runOf(1).runKey}-2`, 'mine'].sort());
  });

  test('that is paused while it waits for its data does not start', async () => {
    const hooks = { signal: new AbortController().signal, pause: AbortSignal.abort() };
    const executor = new Executors(dependencies).executor(undefined);
    expect(await executor.train(runOf(0), hooks)).toBe('paused');
    expect(trainer.trained).toEqual([]);
    expect(await executor.train(runOf(0), { signal: hooks.signal })).toBe('trained');
  });

  test('is handed back, with the reason, by a worker whose engine would give different results', async () => {
    trainer.engine = 'fake/2';
    const told: string[] = [];
    dependencies = { ...dependencies, onUnsuitable: ({ message }) => told.push(message) };
    await expect(carryOut(training().train, runOf(0))).rejects.toMatchObject({
      nonRetryable: false,
      nextRetryDelay: 10_000,
      message: expect.stringContaining('planned for the training engine fake/1; this worker has fake/2') as string,
    });
    expect(told).toHaveLength(1);
    expect(trainer.trained).toEqual([]);
  });

  test('is handed back, with the reason, by a worker with a different store: the study has not failed', async () => {
    const told: string[] = [];
    const elsewhere = openDirectoryStore(join(root, 'elsewhere'));
    dependencies = { ...dependencies, store: elsewhere, onUnsuitable: ({ message }) => told.push(message) };
    const { train, evaluate } = training();
    for (const activity of [train, evaluate])
      await expect(carryOut<[RunInput], unknown>(activity, runOf(0))).rejects.toMatchObject({
        nonRetryable: false,
        message: `${elsewhere.location} has nothing of the study tiny: this worker must be given the store of the study (--store)`,
      });
    expect(told).toHaveLength(2);
  });

  test('whose document is lost finally fails', async () => {
    await dependencies.store.delete(`runs/${runOf(0).runKey}/run.json`);
    await expect(carryOut(training().train, runOf(0))).rejects.toMatchObject({
      nonRetryable: true,
      message: expect.stringContaining('The run is not planned') as string,
    });
  });

  test('is left by a worker that cannot read its dataset to others, for longer each time', async () => {
    const { store } = dependencies;
    const [name] = await store.list('datasets/');
    // One that nobody has downloaded.
    await store.put(name!, (await store.get(name!))!.toString().replace('"dataset": "mnist"', '"dataset": "cifar10"'));
    await rm(join(root, 'work/datasets'), { recursive: true });
    const attemptAfter = (handedBack: number) => {
      const heartbeatDetails = { failures: 0, handedBack, waitingSince: null, progress: null };
      const { train } = training();
      return new MockActivityEnvironment({ attempt: 1, heartbeatDetails }).run<[RunInput], unknown, typeof train>(
        train,
        runOf(0),
      );
    };
    await expect(attemptAfter(0)).rejects.toMatchObject({ nonRetryable: false, nextRetryDelay: 10_000 });
    await expect(attemptAfter(3)).rejects.toMatchObject({ nextRetryDelay: 80_000 });
    await expect(attemptAfter(50)).rejects.toMatchObject({
      nextRetryDelay: 300_000,
      message: expect.stringContaining('this machine cannot read mnist/2-classes') as string,
    });
    expect(trainer.trained).toEqual([]);
  });

  test('is trained once when two studies request it at the same time', async () => {
    dependencies = {
      ...dependencies,
      devices: Array<ActivityDependencies['devices'][0]>(2).fill({ kind: 'cpu', threads: 1 }),
    };
    const { train } = training();
    trainer.outcome = () => sleep(100, {});
    expect(await Promise.all([carryOut(train, runOf(0)), carryOut(train, runOf(0))])).toEqual(['trained', 'trained']);
    expect(trainer.trained).toHaveLength(1);
  });
});

const network = ['events/loss.v2', 'model/variables/variables.index', 'weights.bin'];
const record = ['record.json', 'run.json'];

/** Carries out a run, and tells what the store then has of it. */
async function kept(index: number, retain: RunInput['retain'], by = studyId): Promise<string[]> {
  const { train, evaluate } = training();
  const input = { ...runOf(index), studyId: by, retain, tensorBoard: true };
  await carryOut(train, input);
  await carryOut(evaluate, input);
  return storedOf(index);
}

async function storedOf(index: number): Promise<string[]> {
  const folder = `runs/${runOf(index).runKey}/`;
  return (await dependencies.store.list(folder)).map((name) => name.slice(folder.length));
}

describe('the files kept of a finished run in addition to its record', () => {
  test.each([
    ['everything', network],
    ['weights', ['weights.bin']],
    ['records', []],
  ] as const)('are, for %s, %j', async (retain, files) => {
    expect(await kept(0, retain)).toEqual([...files, ...record].sort());
  });

  test('are none for records, even if the worker was lost between the record and the end', async () => {
    await kept(0, 'everything');
    await carryOut(training().evaluate, { ...runOf(0), retain: 'records' });
    expect(await storedOf(0)).toEqual(record);
  });

  test('are, for extremes, all files of the best and worst runs of a dataset, and none of the others', async () => {
    const instruction = { id: 'more', at: '2026-11-30T14:02:00.000Z' };
    await carryOut(planning().extendStudy, { studyId, extension: { architectures: 5 }, instruction });
    runs = (await plan()).open;
    const errors = new Map(runs.map(({ runKey }, index) => [runKey, [0.3, 0.5, 0.1, 0.4, 0.2][index]!]));
    trainer.errorOf = ({ runKey }) => errors.get(runKey)!;
    for (const index of runs.keys()) await kept(index, 'extremes', index === 4 ? 'another' : studyId);
    const { collectResults, pruneArtifacts } = reportingActivities(dependencies);
    await carryOut(collectResults, { studyId });
    expect(await carryOut(pruneArtifacts, { studyId })).toEqual({ runs: 2 });
    const whole = [...network, ...record].sort();
    expect(await Promise.all([...runs.keys()].map(storedOf))).toEqual([record, whole, whole, record, whole]);
    expect(await carryOut(pruneArtifacts, { studyId })).toEqual({ runs: 2 });
  });
});
