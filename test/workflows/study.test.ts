import { Context } from '@temporalio/activity';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, rootCause } from '@temporalio/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  limitUpdate,
  populationProgressQuery,
  resumeUpdate,
  steerSignal,
  studyProgressQuery,
} from '../../workflows/messages.ts';
import { populationWorkflow } from '../../workflows/population.ts';
import { studyWorkflow } from '../../workflows/study.ts';
import { taskQueues } from '../../workflows/task-queues.ts';
import { architectureOf, fakeActivities } from './fake-activities.ts';
import { populationInput, steering } from './population-input.ts';
import { sharedTemporaryFolder } from '../temporary-folder.ts';
import { TestServer } from './test-server.ts';

/** Number of events after which this server calls a history long. The default, 4,096, would need hundreds of runs. */
const longHistory = 500;

const folder = sharedTemporaryFolder();
let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start(folder, { 'limit.historyCount.suggestContinueAsNew': longHistory });
});
afterAll(() => server.stop());

const startStudy = () => {
  const id = server.own();
  return server.client.workflow.start(studyWorkflow, {
    workflowId: id,
    taskQueue: taskQueues.study,
    args: [{ studyId: id }],
  });
};

const startPopulation = (total: number, window = 2) => {
  const studyId = server.own();
  return server.client.workflow.start(populationWorkflow, {
    workflowId: `${studyId}/mnist`,
    taskQueue: taskQueues.study,
    args: [populationInput({ studyId, steering: steering(total, { window }) })],
  });
};

async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 20_000; !(await condition()); await sleep(20))
    if (Date.now() > deadline) throw new Error('did not come about within 20 s');
}

/** Like the real activity: heartbeats, and ends when it is cancelled. */
async function untilCancelled(): Promise<never> {
  const { heartbeat, cancelled } = Context.current();
  const beats = setInterval(() => heartbeat(), 100);
  try {
    return await cancelled;
  } finally {
    clearInterval(beats);
  }
}

/** Trainings that run until they are cancelled (and then end like paused ones) or until the test ends them. */
function trainings() {
  const ends: (() => void)[] = [];
  const atWork: string[] = [];
  let most = 0;
  const train = async ({ runKey }: { runKey: string }) => {
    atWork.push(runKey);
    most = Math.max(most, atWork.length);
    const ended = new Promise<'trained'>((resolve) => ends.push(() => resolve('trained')));
    const outcome = await Promise.race([ended, untilCancelled().catch(() => 'paused' as const)]);
    atWork.splice(atWork.indexOf(runKey), 1);
    return outcome;
  };
  return { train, atWork, most: () => most, end: () => ends.splice(0).forEach((end) => end()) };
}

// These tests are first because they have workers of their own.
describe('a limit', () => {
  test('that becomes smaller withdraws runs that workers have not started, and ends the newest trainings after their epoch', async () => {
    const { train, atWork, end } = trainings();
    const { activities, seen } = fakeActivities({
      datasets: ['mnist', 'birds'],
      runs: 6,
      concurrentRunsPerDataset: 6,
      train,
    });
    const during = async () => {
      const study = await startStudy();
      await eventually(() => atWork.length === 9);
      await study.executeUpdate(limitUpdate, { args: [3] });
      await eventually(() => atWork.length === 3);
      expect([...atWork].sort()).toEqual(['arch-000@birds', 'arch-000@mnist', 'arch-001@mnist']);
      await study.executeUpdate(limitUpdate, { args: [null] });
      await eventually(() => atWork.length === 9);
      while (seen.concluded.length === 0) {
        end();
        await sleep(100);
      }
      await study.result();
    };
    await server.withWorkers(activities, during, 9);
    expect(seen.evaluated).toHaveLength(12);
  });
});

describe('a population whose worker is shut down', () => {
  test('loses no attempt: another worker continues the run', async () => {
    const attempts: number[] = [];
    const { activities } = fakeActivities({
      datasets: ['mnist'],
      runs: 1,
      train: () => {
        attempts.push(Context.current().info.attempt);
        return attempts.length === 1 ? untilCancelled() : Promise.resolve('trained');
      },
    });
    const population = await server.withWorkers(activities, async () => {
      const handle = await startPopulation(1);
      await eventually(() => attempts.length === 1);
      return handle;
    });
    const counts = await server.withWorkers(activities, () => population.result());
    expect(counts).toMatchObject({ finished: 1, failed: 0 });
    expect(attempts).toEqual([1, 2]);
  });
});

describe.concurrent('a study', () => {
  test('trains and tests every run of every dataset once, then collects, correlates and reports', async () => {
    const { activities, seen } = fakeActivities({ datasets: ['mnist', 'fashion-mnist/5-classes'], runs: 5 });
    const result = await server.withActivities(activities, async () => (await startStudy()).result());
    const counts = { finished: 5, reused: 0, diverged: 0, failed: 0 };
    expect(result.runs).toEqual({ mnist: counts, 'fashion-mnist/5-classes': counts });
    expect(result.artifacts.report).toBe('report.html');
    expect(new Set(seen.trained).size).toBe(10);
    expect(seen.trained).toHaveLength(10);
    expect([...seen.evaluated].sort()).toEqual([...seen.trained].sort());
    expect(seen.collected).toBe(1);
    expect(seen.concluded).toEqual([result.runs]);
  });

  test('has at most as many open runs per dataset as the window allows', async () => {
    const open: Record<string, number> = { mnist: 0, 'fashion-mnist': 0 };
    let most = 0;
    const { activities } = fakeActivities({
      datasets: Object.keys(open),
      runs: 8,
      concurrentRunsPerDataset: 2,
      train: async ({ dataset }) => {
        most = Math.max(most, ++open[dataset]!);
        await sleep(20);
        open[dataset]!--;
        return 'trained';
      },
    });
    await server.withActivities(activities, async () => (await startStudy()).result());
    expect(most).toBe(2);
  });

  test('continues when a run fails: the next run takes its place, and its failure is recorded', async () => {
    const { activities, seen } = fakeActivities({
      datasets: ['mnist'],
      runs: 4,
      concurrentRunsPerDataset: 1,
      train: (run) =>
        architectureOf(run) === 'arch-001'
          ? Promise.reject(ApplicationFailure.nonRetryable('out of memory at batch size 128', 'crash'))
          : Promise.resolve('trained'),
    });
    const { runs } = await server.withActivities(activities, async () => (await startStudy()).result());
    expect(runs['mnist']).toEqual({ finished: 3, reused: 0, diverged: 0, failed: 1 });
    expect(seen.failures).toMatchObject([
      { runKey: 'arch-001@mnist', failure: { category: 'crash', message: 'out of memory at batch size 128' } },
    ]);
    expect(seen.trained).toHaveLength(4);
  });

  test('counts a run whose test fails as failed', async () => {
    const { activities, seen } = fakeActivities({
      datasets: ['mnist'],
      runs: 1,
      evaluate: () => Promise.reject(ApplicationFailure.nonRetryable('a fault of this program', 'internal')),
    });
    const { runs } = await server.withActivities(activities, async () => (await startStudy()).result());
    expect(runs['mnist']).toMatchObject({ finished: 0, failed: 1 });
    expect(seen.failures).toMatchObject([{ failure: { message: 'a fault of this program' } }]);
  });

  test('retries a run after a failure that may be temporary', async () => {
    const { activities, seen } = fakeActivities({
      datasets: ['mnist'],
      runs: 1,
      train: () =>
        Context.current().info.attempt === 1 ? Promise.reject(new Error('disk is full')) : Promise.resolve('trained'),
    });
    const { runs } = await server.withActivities(activities, async () => (await startStudy()).result());
    expect(runs['mnist']).toMatchObject({ finished: 1, failed: 0 });
    expect(seen.trained).toHaveLength(2);
  });

  test('does not test a network that diverged', async () => {
    const { activities, seen } = fakeActivities({
      datasets: ['mnist'],
      runs: 3,
      train: (run) => Promise.resolve(architectureOf(run) === 'arch-002' ? 'diverged' : 'trained'),
    });
    const { runs } = await server.withActivities(activities, async () => (await startStudy()).result());
    expect(runs['mnist']).toEqual({ finished: 2, reused: 0, diverged: 1, failed: 0 });
    expect(seen.evaluated.sort()).toEqual(['arch-000@mnist', 'arch-001@mnist']);
  });

  test('neither trains nor tests runs that the store already has', async () => {
    const { activities, seen } = fakeActivities({
      datasets: ['mnist'],
      runs: 5,
      recorded: (runKey) => !['arch-000@mnist', 'arch-003@mnist', 'arch-004@mnist'].includes(runKey),
      train: (run) => Promise.resolve(architectureOf(run) === 'arch-000' ? 'recorded' : 'trained'),
      // Meanwhile another study that shares the run has tested it.
      evaluate: (run) => Promise.resolve({ top1Error: 0.5, isReused: architectureOf(run) === 'arch-004' }),
    });
    const { runs } = await server.withActivities(activities, async () => (await startStudy()).result());
    expect(runs['mnist']).toEqual({ finished: 1, reused: 4, diverged: 0, failed: 0 });
    expect(seen.trained.sort()).toEqual(['arch-000@mnist', 'arch-003@mnist', 'arch-004@mnist']);
    expect(seen.evaluated.sort()).toEqual(['arch-003@mnist', 'arch-004@mnist']);
  });

  test('counts a run as reused if it failed here and another study has finished it meanwhile', async () => {
    const { activities } = fakeActivities({
      datasets: ['mnist'],
      runs: 2,
      train: (run) =>
        architectureOf(run) === 'arch-000'
          ? Promise.reject(ApplicationFailure.nonRetryable('broken', 'internal'))
          : Promise.resolve('trained'),
    });
    activities.study.recordFailure = () => Promise.resolve('reused');
    const { runs } = await server.withActivities(activities, async () => (await startStudy()).result());
    expect(runs['mnist']).toEqual({ finished: 1, reused: 1, diverged: 0, failed: 0 });
  });

  test('holds before the first training if a dataset cannot be prepared, and continues once it can', async () => {
    let isThere = false;
    const { activities, seen } = fakeActivities({
      datasets: ['mnist', 'ham10000'],
      runs: 2,
      prepareDataset: ({ dataset }) =>
        dataset === 'ham10000' && !isThere
          ? Promise.reject(ApplicationFailure.nonRetryable('HAM10000_metadata.csv is missing', 'input'))
          : Promise.resolve({ digest: 'd', images: 1 }),
    });
    await server.withActivities(activities, async () => {
      const study = await startStudy();
      await eventually(async () => (await study.query(studyProgressQuery)).hold !== null);
      expect(await study.query(studyProgressQuery)).toMatchObject({
        stage: 'preparing',
        hold: { what: 'prepare ham10000', reason: 'HAM10000_metadata.csv is missing' },
      });
      expect(seen.trained).toEqual([]);
      isThere = true;
      await study.executeUpdate(resumeUpdate);
      await study.result();
      expect(seen.trained).toHaveLength(4);
    });
  });

  test('ends the other populations before it fails because of a bug in one of them', async () => {
    const { activities, seen } = fakeActivities({
      datasets: ['mnist', 'fashion-mnist'],
      runs: 3,
      study: {
        recordFailure: () => Promise.reject(ApplicationFailure.nonRetryable('a fault of this program', 'internal')),
      },
      train: ({ dataset }) =>
        dataset === 'mnist'
          ? Promise.reject(ApplicationFailure.nonRetryable('no', 'crash'))
          : sleep(200).then(() => 'trained' as const),
    });
    await server.withActivities(activities, async () => {
      const error: unknown = await (await startStudy()).result().catch((error: unknown) => error);
      expect(rootCause((error as WorkflowFailedError).cause)).toBe('a fault of this program');
    });
    expect(seen.evaluated).toHaveLength(3);
    expect(seen.collected).toBe(1);
  });

  test('refuses an invalid input, with a reason', async () => {
    const { activities } = fakeActivities({ datasets: ['mnist'], runs: 1 });
    await server.withActivities(activities, async () => {
      for (const [input, reason] of [
        ['mine', 'The input of a study must be an object such as {"studyId": "mine"}'],
        [{ studyId: 7 }, 'studyId must be of type string, got 7'],
        [{ config: 'x' }, 'config must be a study config, got "x"'],
      ] as const) {
        const execution = server.client.workflow.execute<typeof studyWorkflow>('studyWorkflow', {
          workflowId: server.own(),
          taskQueue: taskQueues.study,
          args: [input as never],
        });
        const error: unknown = await execution.catch((error: unknown) => error);
        expect(rootCause((error as WorkflowFailedError).cause)).toBe(reason);
      }
    });
  });

  test('gives its runs readable names in the Temporal UI', async () => {
    const { activities } = fakeActivities({ datasets: ['fashion-mnist/5-classes'], runs: 1 });
    const { workflowId } = await server.withActivities(activities, async () => {
      const study = await startStudy();
      await study.result();
      return study;
    });
    const handle = server.client.workflow.getHandle(`${workflowId}/fashion-mnist/5-classes`);
    const { events } = await handle.fetchHistory();
    const texts = (events ?? []).map(({ userMetadata }) => userMetadata?.summary?.data?.toString());
    expect(texts).toContain('"train arch-000 on fashion-mnist/5-classes"');
    expect(texts).toContain('"evaluate arch-000 on fashion-mnist/5-classes"');
    const ids = (events ?? []).map((event) => event.activityTaskScheduledEventAttributes?.activityId);
    expect(ids).toContain('train arch-000');
  });
});

describe.concurrent('progress', () => {
  test('has the stage, the counts and the names of the open runs', async () => {
    const { activities } = fakeActivities({
      datasets: ['mnist'],
      runs: 4,
      train: (run) => (architectureOf(run) === 'arch-000' ? Promise.resolve('trained') : untilCancelled()),
    });
    await server.withActivities(activities, async () => {
      const study = await startStudy();
      const population = server.client.workflow.getHandle(`${study.workflowId}/mnist`);
      await eventually(async () => (await study.query(studyProgressQuery)).stage === 'training');
      expect(await study.query(studyProgressQuery)).toEqual({
        stage: 'training',
        isPaused: false,
        hold: null,
        prepared: ['mnist'],
        datasets: [{ dataset: 'mnist', workflowId: population.workflowId, runs: 4 }],
        instructions: [],
      });
      await eventually(async () => {
        const progress = await population.query(populationProgressQuery).catch(() => undefined);
        return progress?.open.includes('arch-002') ?? false;
      });
      expect(await population.query(populationProgressQuery)).toEqual({
        dataset: 'mnist',
        total: 4,
        finished: 1,
        reused: 0,
        diverged: 0,
        failed: 0,
        open: ['arch-001', 'arch-002'],
        isPaused: false,
        hold: null,
        failures: null,
      });
      await study.cancel();
      await expect(study.result()).rejects.toThrow(WorkflowFailedError);
    });
  });
});

describe.concurrent('the limit of a study', () => {
  test('applies to all its datasets together, from the first training on', async () => {
    const { train, atWork, most, end } = trainings();
    const { activities, seen } = fakeActivities({
      datasets: ['mnist', 'fashion-mnist', 'birds'],
      runs: 2,
      concurrentRuns: 2,
      train,
    });
    await server.withActivities(activities, async () => {
      const study = await startStudy();
      await eventually(() => atWork.length === 2);
      // The reference is one of the two.
      expect(atWork.map((runKey) => runKey.split('@')[1]).sort()).toEqual(['fashion-mnist', 'mnist']);
      while (seen.concluded.length === 0) {
        end();
        await sleep(100);
      }
      await study.result();
    });
    expect(seen.evaluated).toHaveLength(6);
    expect(most()).toBe(2);
  });
});

describe.concurrent('cancellation', () => {
  test('reaches the trainings of every population within seconds', async () => {
    let cancelled = 0;
    const { activities, seen } = fakeActivities({
      datasets: ['mnist', 'fashion-mnist'],
      runs: 10,
      train: ({ dataset }) =>
        untilCancelled().catch(async (error: unknown) => {
          if (dataset === 'fashion-mnist') await sleep(1000);
          cancelled++;
          throw error;
        }),
    });
    await server.withActivities(activities, async () => {
      const study = await startStudy();
      await eventually(() => seen.trained.length === 4);
      const asked = Date.now();
      await study.cancel();
      await expect(study.result()).rejects.toThrow(WorkflowFailedError);
      expect(Date.now() - asked).toBeLessThan(5000);
      // The study ends only once its trainings have ended.
      expect(cancelled).toBe(4);
      for (const dataset of ['mnist', 'fashion-mnist']) {
        const { status } = await server.client.workflow.getHandle(`${study.workflowId}/${dataset}`).describe();
        expect(status.name).toBe('CANCELLED');
      }
    });
    expect(seen.failures).toEqual([]);
  });
});

describe.concurrent('a population', () => {
  test('continues as new before its history is long, and keeps its counts', async () => {
    const runs = 150;
    const { activities, seen } = fakeActivities({
      datasets: ['mnist'],
      runs,
      runsPerPage: 40,
      recorded: (runKey) => runKey.startsWith('arch-004@'),
      train: (run) =>
        architectureOf(run) === 'arch-001'
          ? Promise.reject(ApplicationFailure.nonRetryable('no', 'crash'))
          : Promise.resolve('trained'),
    });
    await server.withActivities(activities, async () => {
      const population = await startPopulation(runs, 32);
      const failures = { first: 'arch-001: no', commonest: { message: 'no', runs: 1 } };
      expect(await population.result()).toEqual({
        finished: runs - 2,
        reused: 1,
        diverged: 0,
        failed: 1,
        failures,
        revision: 1,
      });
      const progress = await server.client.workflow.getHandle(population.workflowId).query(populationProgressQuery);
      expect(progress).toMatchObject({ total: runs, failures, open: [] });
      const { historyLength } = await server.client.workflow.getHandle(population.workflowId).describe();
      expect(historyLength).toBeLessThan(2 * longHistory);
      const { firstExecutionRunId } = population;
      const first = server.client.workflow.getHandle(population.workflowId, firstExecutionRunId);
      expect((await first.describe()).status.name).toBe('CONTINUED_AS_NEW');
    });
    expect(seen.planned).toEqual(['mnist 0', 'mnist 1', 'mnist 2', 'mnist 3']);
    expect(new Set(seen.trained).size).toBe(runs - 1);
  }, 120_000);

  test.each([
    ['input', 'the manifest is damaged'],
    ['infrastructure', 'the disk is full'],
  ])(
    'is put on hold by a failure of the category %s, without the others, and continues once it is fixed',
    async (category, reason) => {
      let isBroken = true;
      const { activities, seen } = fakeActivities({
        datasets: ['mnist'],
        runs: 6,
        train: () =>
          isBroken ? Promise.reject(ApplicationFailure.nonRetryable(reason, category)) : Promise.resolve('trained'),
      });
      await server.withActivities(activities, async () => {
        const population = await startPopulation(6);
        await eventually(async () => (await population.query(populationProgressQuery)).hold !== null);
        expect(await population.query(populationProgressQuery)).toMatchObject({
          failed: 0,
          hold: { what: expect.stringMatching(/^train arch-00[01] on mnist$/) as string, reason },
        });
        await eventually(() => seen.trained.length === 2);
        await sleep(300);
        expect(seen.trained).toHaveLength(2);
        isBroken = false;
        await population.signal(steerSignal, steering(6, { releases: 1 }));
        expect(await population.result()).toMatchObject({ finished: 6, failed: 0 });
      });
    },
  );

  test('holds when many runs in a row fail for the same cause, and says so', async () => {
    const { activities, seen } = fakeActivities({
      datasets: ['mnist'],
      runs: 20,
      train: (run) =>
        Promise.reject(ApplicationFailure.nonRetryable(`the driver is too old (${architectureOf(run)})`, 'crash')),
    });
    await server.withActivities(activities, async () => {
      const population = await startPopulation(20, 1);
      await eventually(async () => (await population.query(populationProgressQuery)).hold !== null);
      expect(await population.query(populationProgressQuery)).toMatchObject({
        failed: 5,
        hold: {
          what: '5 runs in a row failed on mnist',
          reason: 'the last of them, arch-004: the driver is too old (arch-004)',
        },
        failures: {
          first: 'arch-000: the driver is too old (arch-000)',
          commonest: { message: 'the driver is too old (arch-000)', runs: 5 },
        },
      });
      expect(seen.trained).toHaveLength(5);
      await population.cancel();
      await expect(population.result()).rejects.toThrow(WorkflowFailedError);
    });
  });
});
