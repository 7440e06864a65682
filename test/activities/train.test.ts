import { MockActivityEnvironment } from '@temporalio/testing';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PlannedRunReference, TrainingInput } from '../../activities/contract.ts';
import { dataActivities } from '../../activities/data.ts';
import { planningActivities } from '../../activities/planning.ts';
import type { ActivityDependencies } from '../../activities/dependencies.ts';
import { trainActivities } from '../../activities/train.ts';
import type { Trainer } from '../../runs/trainer.ts';
import { readSubmission } from '../../commands/config-source.ts';
import { submitStudy } from '../../control/submission.ts';
import { openDirectoryStore } from '../../store/directory-store.ts';
import { readRunRecord } from '../../store/run-records.ts';
import type { EvaluationResult, RunOptions, TrainingResult, TrainingTask } from '../../training/run.ts';

/** Trains nothing, and keeps what it was asked. */
class FakeTrainer implements Trainer {
  engine = 'fake/1';
  readonly trained: TrainingTask[] = [];
  readonly evaluated: TrainingTask[] = [];
  outcome: (signal: AbortSignal | undefined) => Promise<Partial<TrainingResult>> = () => Promise.resolve({});

  runTraining = async (task: TrainingTask, { signal }: RunOptions = {}): Promise<TrainingResult> => {
    this.trained.push(task);
    const [weightsFile, savedModelDirectory] = [join(task.workDirectory, 'weights.bin'), join(task.workDirectory, 'm')];
    await writeFile(weightsFile, `weights of ${task.runKey}`);
    await mkdir(join(savedModelDirectory, 'variables'), { recursive: true });
    await writeFile(join(savedModelDirectory, 'variables', 'variables.index'), '');
    const result: TrainingResult = {
      outcome: 'finished',
      failure: null,
      curve: [],
      weightsFile,
      savedModelDirectory,
      eventsDirectory: null,
      versions: { engine: this.engine },
      trainingSeconds: 2,
    };
    return { ...result, ...(await this.outcome(signal)) };
  };

  runEvaluation = async (task: TrainingTask, weightsFile: string): Promise<EvaluationResult> => {
    this.evaluated.push(task);
    expect(await readFile(weightsFile, 'utf8')).toBe(`weights of ${task.runKey}`);
    const test = { images: 20, loss: 1, top1Error: 0.25, top5Error: null };
    return { validation: null, test, evaluationSeconds: 1, versions: {} };
  };
}

const study = 'tiny';
let root: string;
let trainer: FakeTrainer;
let dependencies: ActivityDependencies;
let runs: PlannedRunReference[];

const carryOut = <Args extends unknown[], Result>(activity: (...args: Args) => Promise<Result>, ...args: Args) =>
  new MockActivityEnvironment({ attempt: 1 }).run<Args, Result, (...args: Args) => Promise<Result>>(activity, ...args);

const runOf = (index: number): TrainingInput => ({
  study,
  dataset: 'mnist/2-classes',
  runKey: runs[index]!.runKey,
  attempts: 3,
});

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'activities-'));
  trainer = new FakeTrainer();
  dependencies = {
    store: openDirectoryStore(join(root, 'store')),
    work: join(root, 'work'),
    devices: [{ kind: 'cpu', threads: 1 }],
    trainer,
  };
  const submission = await readSubmission({
    id: study,
    set: [
      'population.count=2',
      'protocol.epochs=2',
      'datasets=[{"dataset":"mnist","classes":2,"trainingImages":40,"validationImages":10,"testImages":20}]',
      'reference="mnist/2-classes"',
    ],
  });
  await submitStudy(dependencies.store, submission);
  const planning = planningActivities(dependencies);
  await carryOut(planning.samplePopulation, { study });
  await carryOut(dataActivities(dependencies).prepareDataset, { study, dataset: 'mnist/2-classes' });
  runs = await carryOut(planning.planRuns, { study, dataset: 'mnist/2-classes' });
});
afterEach(() => rm(root, { recursive: true }));

describe('a run', () => {
  test('is trained, tested from the stored weights, and recorded with all that determines it', async () => {
    const { train, evaluate } = trainActivities(dependencies);
    expect(await carryOut(train, runOf(0))).toBe('trained');
    expect(await readRunRecord(dependencies.store, runOf(0).runKey)).toBeUndefined();
    expect(await carryOut(evaluate, runOf(0))).toEqual({ top1Error: 0.25 });
    expect(await readRunRecord(dependencies.store, runOf(0).runKey)).toMatchObject({
      study,
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
      ['model/variables/variables.index', 'record.json', 'weights.bin'].map(
        (name) => `runs/${runOf(0).runKey}/${name}`,
      ),
    );
    expect(await readdir(join(root, 'work/runs'))).toEqual([]);
  });

  test('that is recorded is neither trained nor tested again, whichever study asks', async () => {
    const { train, evaluate } = trainActivities(dependencies);
    await carryOut(train, runOf(0));
    await carryOut(evaluate, runOf(0));
    expect(await carryOut(train, runOf(0))).toBe('recorded');
    expect(await carryOut(evaluate, runOf(0))).toEqual({ top1Error: 0.25 });
    expect([trainer.trained.length, trainer.evaluated.length]).toEqual([1, 1]);
    const planned = await carryOut(planningActivities(dependencies).planRuns, { study, dataset: 'mnist/2-classes' });
    expect(planned.map(({ recorded }) => recorded)).toEqual([true, false]);
  });

  test('that was trained before its worker was lost is not trained again', async () => {
    const { train } = trainActivities(dependencies);
    await carryOut(train, runOf(0));
    expect(await carryOut(train, runOf(0))).toBe('trained');
    expect(trainer.trained).toHaveLength(1);
  });

  test('that diverged is recorded as such, with the reason', async () => {
    trainer.outcome = () => Promise.resolve({ outcome: 'diverged', failure: 'the loss was NaN in epoch 1' });
    expect(await carryOut(trainActivities(dependencies).train, runOf(1))).toBe('diverged');
    expect(await readRunRecord(dependencies.store, runOf(1).runKey)).toMatchObject({
      outcome: 'diverged',
      failure: 'the loss was NaN in epoch 1',
      test: null,
    });
  });

  test('that failed for good is recorded, is no reuse for the next study, and gives way to a record of success', async () => {
    const { recordFailure, planRuns } = planningActivities(dependencies);
    await carryOut(recordFailure, { ...runOf(0), failure: 'out of memory' });
    expect(await readRunRecord(dependencies.store, runOf(0).runKey)).toMatchObject({
      outcome: 'failed',
      failure: 'out of memory',
    });
    const [planned] = await carryOut(planRuns, { study, dataset: 'mnist/2-classes' });
    expect(planned?.recorded).toBe(false);
    const { train, evaluate } = trainActivities(dependencies);
    await carryOut(train, runOf(0));
    await carryOut(evaluate, runOf(0));
    await carryOut(recordFailure, { ...runOf(0), failure: 'too late' });
    expect((await readRunRecord(dependencies.store, runOf(0).runKey))?.outcome).toBe('finished');
  });

  test('keeps its folder when it is interrupted, and goes on in it', async () => {
    const environment = new MockActivityEnvironment({ attempt: 1 });
    trainer.outcome = (signal) => sleep(60_000, {}, { signal: signal as AbortSignal });
    const { train } = trainActivities(dependencies);
    const interrupted = environment.run<[TrainingInput], unknown, typeof train>(train, runOf(0));
    while (trainer.trained.length === 0) await sleep(10);
    environment.cancel('WORKER_SHUTDOWN');
    await expect(interrupted).rejects.toThrow('WORKER_SHUTDOWN');
    trainer.outcome = () => Promise.resolve({});
    expect(await carryOut(train, runOf(0))).toBe('trained');
    expect(trainer.trained[1]?.workDirectory).toBe(trainer.trained[0]?.workDirectory);
  });

  test('is refused by a worker whose engine would give other results', async () => {
    trainer.engine = 'fake/2';
    await expect(carryOut(trainActivities(dependencies).train, runOf(0))).rejects.toThrow(
      'planned for another version of the training engine than fake/2',
    );
    expect(trainer.trained).toEqual([]);
  });

  test('is trained once when two studies ask for it at the same time', async () => {
    dependencies = {
      ...dependencies,
      devices: Array<ActivityDependencies['devices'][0]>(2).fill({ kind: 'cpu', threads: 1 }),
    };
    const { train } = trainActivities(dependencies);
    trainer.outcome = () => sleep(100, {});
    expect(await Promise.all([carryOut(train, runOf(0)), carryOut(train, runOf(0))])).toEqual(['trained', 'trained']);
    expect(trainer.trained).toHaveLength(1);
  });
});
