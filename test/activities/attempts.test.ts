import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attempt } from '../../activities/attempts.ts';
import { populationWorkflow } from '../../workflows/population.ts';
import { taskQueues } from '../../workflows/task-queues.ts';
import { fakeActivities } from '../workflows/fake-activities.ts';
import { TestServer } from '../workflows/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.stop());

/** Starts a population of one run. */
const start = () => {
  const study = `study-${randomUUID()}`;
  return server.client.workflow.start(populationWorkflow, {
    workflowId: study,
    taskQueue: taskQueues.study,
    args: [{ study, dataset: 'mnist', total: 1, concurrentRuns: 1, attempts: 2 }],
  });
};

const oneRun = (train: (input: { attempts: number }) => Promise<'trained'>) =>
  fakeActivities({ datasets: ['mnist'], runs: 1, train });

describe('an attempt', () => {
  test('that fails is repeated until the attempts are used up; then the failure is final', async () => {
    const { activities, seen } = oneRun(({ attempts }) =>
      attempt(
        attempts,
        () => true,
        () => Promise.reject(new Error('the GPU is busy')),
      ),
    );
    const counts = await server.withWorkers(activities, async () => (await start()).result());
    expect(counts).toMatchObject({ finished: 0, failed: 1 });
    expect(seen.trained).toHaveLength(2);
    expect(seen.failures).toMatchObject([{ failure: 'the GPU is busy' }]);
  });

  test('is the last when no other can succeed', async () => {
    const { activities, seen } = oneRun(({ attempts }) =>
      attempt(
        attempts,
        () => false,
        () => Promise.reject(new RangeError('classes must be at least 2')),
      ),
    );
    await server.withWorkers(activities, async () => (await start()).result());
    expect(seen.trained).toHaveLength(1);
    expect(seen.failures).toMatchObject([{ failure: 'classes must be at least 2' }]);
  });

  test('that its worker interrupts is no failure, however often', async () => {
    let begun = 0;
    let interruptions = 0;
    const { activities } = oneRun(({ attempts }) =>
      attempt(
        attempts,
        () => true,
        async (_report, signal): Promise<'trained'> => {
          begun++;
          if (interruptions === 3) return 'trained';
          if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
          interruptions++;
          throw new Error('the child was stopped');
        },
      ),
    );
    const population = await start();
    while (interruptions < 3)
      await server.withWorkers(activities, async () => {
        // Not the server's word for it: it also counts an attempt as started that its worker never began.
        while (begun === interruptions) await sleep(20);
      });
    const counts = await server.withWorkers(activities, () => population.result());
    expect(counts).toMatchObject({ finished: 1, failed: 0 });
  });

  test('tells what it last reported in every heartbeat', async () => {
    const { activities } = oneRun(({ attempts }) =>
      attempt<{ epoch: number }, 'trained'>(
        attempts,
        () => true,
        async (report) => {
          report({ epoch: 7 });
          await sleep(2500);
          return 'trained';
        },
      ),
    );
    const details = await server.withWorkers(activities, async () => {
      const population = await start();
      let payload: Uint8Array | null | undefined;
      while (
        payload === undefined ||
        !Buffer.from(payload ?? '')
          .toString()
          .includes('7')
      ) {
        payload = (await population.describe()).raw.pendingActivities?.[0]?.heartbeatDetails?.payloads?.[0]?.data;
        await sleep(50);
      }
      await population.result();
      return JSON.parse(Buffer.from(payload ?? '').toString()) as unknown;
    });
    expect(details).toEqual({ failures: 0, progress: { epoch: 7 } });
  });
});
