import { Context } from '@temporalio/activity';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, rootCause } from '@temporalio/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { populationProgressQuery, studyProgressQuery } from '../../workflows/messages.ts';
import { populationWorkflow } from '../../workflows/population.ts';
import { studyWorkflow } from '../../workflows/study.ts';
import { taskQueues } from '../../workflows/task-queues.ts';
import { architectureOf, fakeActivities } from './fake-activities.ts';
import { TestServer } from './test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.stop());

const newId = () => `study-${randomUUID().slice(0, 8)}`;

const startStudy = (id = newId()) =>
  server.client.workflow.start(studyWorkflow, {
    workflowId: id,
    taskQueue: taskQueues.study,
    args: [{ study: id }],
  });

const startPopulation = (total: number, runsPerExecution: number, concurrentRuns = 2) => {
  const study = newId();
  return server.client.workflow.start(populationWorkflow, {
    workflowId: `${study}/mnist`,
    taskQueue: taskQueues.study,
    args: [{ study, dataset: 'mnist', total, concurrentRuns, attempts: 3, runsPerExecution }],
  });
};

async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 20_000; !(await condition()); await sleep(20))
    if (Date.now() > deadline) throw new Error('did not come about within 20 s');
}

/** As the real activity: reports, and ends when it is cancelled. */
async function untilCancelled(): Promise<never> {
  const { heartbeat, cancelled } = Context.current();
  const beats = setInterval(() => heartbeat(), 100);
  try {
    return await cancelled;
  } finally {
    clearInterval(beats);
  }
}

describe('a study', () => {
  test('trains and tests every run of every dataset once, then collects, correlates and reports', async () => {
    const { activities, seen } = fakeActivities({ datasets: ['mnist', 'fashion-mnist/5-classes'], runs: 5 });
    const result = await server.withWorkers(activities, async () => (await startStudy()).result());
    const counts = { finished: 5, reused: 0, diverged: 0, failed: 0 };
    expect(result.runs).toEqual({ mnist: counts, 'fashion-mnist/5-classes': counts });
    expect(result.artifacts.report).toBe('report.html');
    expect(new Set(seen.trained).size).toBe(10);
    expect(seen.trained).toHaveLength(10);
    expect([...seen.evaluated].sort()).toEqual([...seen.trained].sort());
    expect(seen.collected).toBe(1);
    expect(seen.concluded).toEqual([result.runs]);
  });

  test('holds no more runs of a dataset open than its window', async () => {
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
    await server.withWorkers(activities, async () => (await startStudy()).result(), { slots: 8 });
    expect(most).toBe(2);
  });

  test('goes on when a run fails: its place goes to the next, and its failure is recorded', async () => {
    const { activities, seen } = fakeActivities({
      datasets: ['mnist'],
      runs: 4,
      concurrentRunsPerDataset: 1,
      train: (run) =>
        architectureOf(run) === 'arch-001'
          ? Promise.reject(ApplicationFailure.nonRetryable('out of memory at batch size 128', 'TrainingFailure'))
          : Promise.resolve('trained'),
    });
    const { runs } = await server.withWorkers(activities, async () => (await startStudy()).result());
    expect(runs['mnist']).toEqual({ finished: 3, reused: 0, diverged: 0, failed: 1 });
    expect(seen.failures).toMatchObject([{ runKey: 'arch-001@mnist', failure: 'out of memory at batch size 128' }]);
    expect(seen.trained).toHaveLength(4);
  });

  test('counts a run whose test fails as failed', async () => {
    const { activities, seen } = fakeActivities({
      datasets: ['mnist'],
      runs: 1,
      evaluate: () => Promise.reject(ApplicationFailure.nonRetryable('the weights are damaged')),
    });
    const { runs } = await server.withWorkers(activities, async () => (await startStudy()).result());
    expect(runs['mnist']).toMatchObject({ finished: 0, failed: 1 });
    expect(seen.failures).toMatchObject([{ failure: 'the weights are damaged' }]);
  });

  test('tries a run again after a failure that may pass', async () => {
    const { activities, seen } = fakeActivities({
      datasets: ['mnist'],
      runs: 1,
      train: () =>
        Context.current().info.attempt === 1 ? Promise.reject(new Error('disk is full')) : Promise.resolve('trained'),
    });
    const { runs } = await server.withWorkers(activities, async () => (await startStudy()).result());
    expect(runs['mnist']).toMatchObject({ finished: 1, failed: 0 });
    expect(seen.trained).toHaveLength(2);
  });

  test('does not test a network that diverged', async () => {
    const { activities, seen } = fakeActivities({
      datasets: ['mnist'],
      runs: 3,
      train: (run) => Promise.resolve(architectureOf(run) === 'arch-002' ? 'diverged' : 'trained'),
    });
    const { runs } = await server.withWorkers(activities, async () => (await startStudy()).result());
    expect(runs['mnist']).toEqual({ finished: 2, reused: 0, diverged: 1, failed: 0 });
    expect(seen.evaluated.sort()).toEqual(['arch-000@mnist', 'arch-001@mnist']);
  });

  test('neither trains nor tests what the store has already', async () => {
    const { activities, seen } = fakeActivities({
      datasets: ['mnist'],
      runs: 4,
      recorded: (runKey) => runKey !== 'arch-003@mnist' && runKey !== 'arch-000@mnist',
      train: (run) => Promise.resolve(architectureOf(run) === 'arch-000' ? 'recorded' : 'trained'),
    });
    const { runs } = await server.withWorkers(activities, async () => (await startStudy()).result());
    expect(runs['mnist']).toEqual({ finished: 1, reused: 3, diverged: 0, failed: 0 });
    expect(seen.trained.sort()).toEqual(['arch-000@mnist', 'arch-003@mnist']);
    expect(seen.evaluated).toEqual(['arch-003@mnist']);
  });

  test('ends before the first training when a dataset cannot be prepared, with the reason', async () => {
    const { activities, seen } = fakeActivities({
      datasets: ['mnist', 'ham10000'],
      runs: 2,
      prepareDataset: ({ dataset }) =>
        dataset === 'ham10000'
          ? Promise.reject(ApplicationFailure.nonRetryable('HAM10000_metadata.csv is missing', 'DatasetError'))
          : Promise.resolve({ digest: 'd', images: 1 }),
    });
    const failure = await server.withWorkers(activities, async () =>
      (await startStudy()).result().then(
        () => undefined,
        (error: unknown) => error,
      ),
    );
    expect(failure).toBeInstanceOf(WorkflowFailedError);
    expect(rootCause((failure as WorkflowFailedError).cause)).toBe('HAM10000_metadata.csv is missing');
    expect(seen.trained).toEqual([]);
  });

  test('ends the other preparations before it ends for one that failed', async () => {
    let cancelled = false;
    const { activities } = fakeActivities({
      datasets: ['mnist', 'ham10000'],
      runs: 2,
      prepareDataset: ({ dataset }) =>
        dataset === 'ham10000'
          ? Promise.reject(ApplicationFailure.nonRetryable('HAM10000_metadata.csv is missing', 'DatasetError'))
          : untilCancelled().catch(async (error: unknown) => {
              await sleep(500);
              cancelled = true;
              throw error;
            }),
    });
    await server.withWorkers(activities, async () => {
      const error: unknown = await (await startStudy()).result().catch((error: unknown) => error);
      expect(rootCause((error as WorkflowFailedError).cause)).toBe('HAM10000_metadata.csv is missing');
      expect(cancelled).toBe(true);
    });
  });

  test('names its runs for people in the Temporal UI', async () => {
    const { activities } = fakeActivities({ datasets: ['fashion-mnist/5-classes'], runs: 1 });
    const id = newId();
    await server.withWorkers(activities, async () => (await startStudy(id)).result());
    const handle = server.client.workflow.getHandle(`${id}/fashion-mnist/5-classes`);
    const { events } = await handle.fetchHistory();
    const texts = (events ?? []).map(({ userMetadata }) => userMetadata?.summary?.data?.toString());
    expect(texts).toContain('"train arch-000 on fashion-mnist/5-classes"');
    expect(texts).toContain('"evaluate arch-000 on fashion-mnist/5-classes"');
    const ids = (events ?? []).map((event) => event.activityTaskScheduledEventAttributes?.activityId);
    expect(ids).toContain('train arch-000');
  });
});

describe('progress', () => {
  test('tells the stage, the counts and the names of the runs that are open', async () => {
    const { activities } = fakeActivities({
      datasets: ['mnist'],
      runs: 4,
      train: (run) => (architectureOf(run) === 'arch-000' ? Promise.resolve('trained') : untilCancelled()),
    });
    await server.withWorkers(activities, async () => {
      const study = await startStudy();
      const population = server.client.workflow.getHandle(`${study.workflowId}/mnist`);
      await eventually(async () => (await study.query(studyProgressQuery)).stage === 'training');
      expect(await study.query(studyProgressQuery)).toEqual({
        stage: 'training',
        prepared: ['mnist'],
        datasets: [{ dataset: 'mnist', workflowId: population.workflowId, runs: 4 }],
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
      });
      await study.cancel();
      await expect(study.result()).rejects.toThrow(WorkflowFailedError);
    });
  });
});

describe('cancellation', () => {
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
    await server.withWorkers(activities, async () => {
      const study = await startStudy();
      await eventually(() => seen.trained.length === 4);
      const asked = Date.now();
      await study.cancel();
      await expect(study.result()).rejects.toThrow(WorkflowFailedError);
      expect(Date.now() - asked).toBeLessThan(5000);
      // The study has ended when its trainings have.
      expect(cancelled).toBe(4);
      for (const dataset of ['mnist', 'fashion-mnist']) {
        const { status } = await server.client.workflow.getHandle(`${study.workflowId}/${dataset}`).describe();
        expect(status.name).toBe('CANCELLED');
      }
    });
    expect(seen.failures).toEqual([]);
  });
});

describe('a population', () => {
  test('continues as new after some runs and keeps its counts', async () => {
    const { activities, seen } = fakeActivities({
      datasets: ['mnist'],
      runs: 11,
      recorded: (runKey) => runKey.startsWith('arch-004'),
      train: (run) =>
        architectureOf(run) === 'arch-001'
          ? Promise.reject(ApplicationFailure.nonRetryable('no'))
          : Promise.resolve('trained'),
    });
    await server.withWorkers(activities, async () => {
      const population = await startPopulation(11, 4);
      expect(await population.result()).toEqual({ finished: 9, reused: 1, diverged: 0, failed: 1 });
      expect(
        await server.client.workflow.getHandle(population.workflowId).query(populationProgressQuery),
      ).toMatchObject({
        total: 11,
        finished: 9,
        open: [],
      });
    });
    expect(seen.planned).toHaveLength(3);
    expect(new Set(seen.trained).size).toBe(10);
  });

  test('loses no attempt to a worker that is shut down: another goes on with the run', async () => {
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
      const handle = await startPopulation(1, 10);
      await eventually(() => attempts.length === 1);
      return handle;
    });
    const counts = await server.withWorkers(activities, () => population.result());
    expect(counts).toMatchObject({ finished: 1, failed: 0 });
    expect(attempts).toEqual([1, 2]);
  });
});
