import { ServiceError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { attempt } from '../../activities/attempts.ts';
import { liveStatus } from '../../control/live-status.ts';
import { serverOf } from '../../control/study-server.ts';
import { Study } from '../../control/study.ts';
import { openDirectoryStore } from '../../lib/store/directory-store.ts';
import { resumeUpdate } from '../../workflows/messages.ts';
import { studyWorkflow } from '../../workflows/study.ts';
import { taskQueues } from '../../workflows/task-queues.ts';
import { architectureOf, fakeActivities } from '../workflows/fake-activities.ts';
import { sharedTemporaryFolder, temporaryFolder } from '../temporary-folder.ts';
import { TestServer } from '../workflows/test-server.ts';
import type { TrainingProgress } from '../../lib/training/metrics.ts';

const folder = sharedTemporaryFolder();
let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start(folder);
});
afterAll(() => server.stop());

const start = (studyId: string) =>
  server.client.workflow.start(studyWorkflow, {
    workflowId: server.own(studyId),
    taskQueue: taskQueues.study,
    args: [{ studyId }],
  });

describe('the live status of a study', () => {
  // This test is the first because it needs a server without workers.
  test('is undefined if the study does not exist, and waiting if no worker answers for it', async () => {
    expect(await liveStatus(server.client, 'nothing')).toBeUndefined();
    const study = `study-${randomUUID()}`;
    const handle = await start(study);
    expect(await liveStatus(server.client, study)).toMatchObject({ state: 'waiting', stage: null, datasets: [] });
    await handle.terminate();
  });

  test('of a failed study is known even if the server cannot be asked for the reason', async () => {
    const away = () => Promise.reject(new ServiceError('away'));
    const describe = () => Promise.resolve({ status: { name: 'FAILED' }, raw: {} });
    const client = {
      workflow: { getHandle: () => ({ describe, result: away, query: away }) },
      withDeadline: (_deadline: number, ask: () => Promise<unknown>) => ask(),
    } as unknown as Client;
    expect(await liveStatus(client, 'mine')).toMatchObject({ state: 'failed', failure: null });
  });

  test('has the counts of its datasets, and the latest reports of running trainings', async () => {
    const progress = { epoch: 2, epochs: 3, step: 40, stepsPerEpoch: 50, imagesPerSecond: 812, loss: 0.25 };
    const { activities } = fakeActivities({
      datasets: ['mnist', 'fashion-mnist'],
      runs: 3,
      concurrentRunsPerDataset: 3,
      train: (run) =>
        attempt<TrainingProgress, 'trained'>({ maximumAttempts: 1 }, async (report, signal) => {
          if (architectureOf(run) === 'arch-000') return 'trained';
          report(progress);
          await sleep(60_000, undefined, { signal });
          return 'trained';
        }),
    });
    const study = `study-${randomUUID()}`;
    await server.withActivities(activities, async () => {
      const handle = await start(study);
      let status = await liveStatus(server.client, study);
      const reporting = () =>
        status?.datasets.flatMap(({ running }) => running.filter((run) => run.progress !== null)).length;
      while (reporting() !== 4) {
        await sleep(100);
        status = await liveStatus(server.client, study);
      }
      const running = ['arch-001', 'arch-002'].map((architecture) => ({
        name: `train ${architecture}`,
        attempt: 1,
        progress,
        lastFailure: null,
      }));
      const counts = { total: 3, finished: 1, reused: 0, diverged: 0, failed: 0, running };
      expect(status).toMatchObject({
        state: 'running',
        stage: 'training',
        datasets: [
          { dataset: 'mnist', ...counts },
          { dataset: 'fashion-mnist', ...counts },
        ],
      });
      // Without the study in the store, or with documents of another version, only the time left is unknown.
      const store = openDirectoryStore(await temporaryFolder());
      const seen = new Study(
        { store, server: serverOf({ client: server.client, close: () => Promise.resolve() }) },
        study,
      );
      expect(await seen.status()).toMatchObject({ stage: 'training', secondsLeft: null });
      await store.put(`studies/${study}/datasets/mnist.json`, JSON.stringify({ digest: 'x' }));
      await store.put(`studies/${study}/config.json`, '{}');
      expect(await seen.status()).toMatchObject({ stage: 'training', secondsLeft: null });
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
      expect((await liveStatus(server.client, study))?.state).toBe('cancelled');
    });
  });

  test('does not query ended populations', async () => {
    const { activities } = fakeActivities({
      datasets: ['mnist', 'fashion-mnist'],
      runs: 2,
      train: async (run) => {
        if (run.dataset === 'mnist' && architectureOf(run) === 'arch-001')
          throw ApplicationFailure.nonRetryable('out of memory', 'crash');
        if (run.dataset === 'fashion-mnist')
          await attempt({ maximumAttempts: 1 }, (_report, signal) => sleep(60_000, undefined, { signal }));
        return 'trained';
      },
    });
    const study = `study-${randomUUID()}`;
    await server.withActivities(activities, async () => {
      const handle = await start(study);
      const { workflow } = server.client;
      const population = workflow.getHandle(`${study}/mnist`);
      await vi.waitFor(async () => expect((await population.describe()).status.name).toBe('COMPLETED'), 20_000);
      const asked: string[] = [];
      const { queryWorkflow } = workflow.workflowService;
      const query = vi.spyOn(workflow.workflowService, 'queryWorkflow').mockImplementation(((
        request: { execution: { workflowId: string } },
        ...rest: []
      ) => {
        asked.push(request.execution.workflowId);
        return queryWorkflow.call(workflow.workflowService, request, ...rest);
      }) as typeof queryWorkflow);
      const status = await liveStatus(server.client, study);
      query.mockRestore();
      const counts = { reused: 0, diverged: 0, total: 2, hold: null };
      expect(status?.datasets[0]).toEqual({
        ...{ dataset: 'mnist', ...counts, finished: 1, failed: 1, running: [] },
        failures: { first: 'arch-001: out of memory', commonest: { message: 'out of memory', runs: 1 } },
      });
      expect(status?.datasets[1]).toMatchObject({ dataset: 'fashion-mnist', ...counts, finished: 0 });
      expect(asked).toEqual([study, `${study}/fashion-mnist`]);
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
    });
  });

  test('of a study that cannot continue names the cause of its hold until it is fixed', async () => {
    let isThere = false;
    const { activities } = fakeActivities({
      datasets: ['ham10000'],
      runs: 1,
      prepareDataset: () =>
        isThere
          ? Promise.resolve({ digest: 'd', images: 1 })
          : Promise.reject(ApplicationFailure.nonRetryable('HAM10000_metadata.csv is missing', 'input')),
    });
    const study = `study-${randomUUID()}`;
    await server.withActivities(activities, async () => {
      const handle = await start(study);
      let status = await liveStatus(server.client, study);
      while (status?.state !== 'held') status = await liveStatus(server.client, study);
      expect(status).toMatchObject({ failure: 'prepare ham10000: HAM10000_metadata.csv is missing' });
      isThere = true;
      await handle.executeUpdate(resumeUpdate);
      await handle.result();
      expect(await liveStatus(server.client, study)).toMatchObject({ state: 'finished', failure: null });
    });
  });

  test('of a study whose store is lost names the waiting steps and the reason until the store is back', async () => {
    let isLost = true;
    const { activities } = fakeActivities({
      datasets: ['mnist'],
      runs: 2,
      train: () =>
        isLost
          ? Promise.reject(ApplicationFailure.retryable('The store s3://gone failed: NoSuchBucket', 'infrastructure'))
          : Promise.resolve('trained'),
    });
    const study = `study-${randomUUID()}`;
    await server.withActivities(activities, async () => {
      const handle = await start(study);
      let status = await liveStatus(server.client, study);
      while (status?.retries.length !== 2) {
        await sleep(100);
        status = await liveStatus(server.client, study);
      }
      const lastFailure = 'The store s3://gone failed: NoSuchBucket';
      const steps = ['arch-000', 'arch-001'].map((name) => ({ what: `train ${name} on mnist`, lastFailure }));
      expect(status).toMatchObject({ state: 'running', retries: steps, datasets: [{ running: [], failed: 0 }] });
      isLost = false;
      await handle.result();
      expect(await liveStatus(server.client, study)).toMatchObject({ state: 'finished', retries: [] });
    });
  });

  test('of a study that is put on hold after its last run is held, too', async () => {
    const { activities } = fakeActivities({
      datasets: ['mnist'],
      runs: 5,
      train: () => Promise.reject(ApplicationFailure.nonRetryable('out of memory', 'crash')),
    });
    const study = `study-${randomUUID()}`;
    await server.withActivities(activities, async () => {
      const handle = await start(study);
      await vi.waitFor(
        async () => {
          const status = await liveStatus(server.client, study);
          expect(status?.datasets[0]).toMatchObject({ failed: 5, total: 5 });
          expect(status).toMatchObject({
            state: 'held',
            failure: expect.stringContaining('5 runs in a row failed on mnist') as string,
          });
        },
        { timeout: 10_000, interval: 100 },
      );
      await handle.executeUpdate(resumeUpdate);
      await handle.result();
    });
  });

  test('of a failed study gives the reason', async () => {
    const { activities } = fakeActivities({
      datasets: ['ham10000'],
      runs: 1,
      study: {
        correlate: () => Promise.reject(ApplicationFailure.nonRetryable('a fault of this program', 'internal')),
      },
    });
    const study = `study-${randomUUID()}`;
    await server.withActivities(activities, async () => {
      await expect((await start(study)).result()).rejects.toThrow();
      expect(await liveStatus(server.client, study)).toMatchObject({
        state: 'failed',
        failure: 'a fault of this program',
      });
    });
  });
});
