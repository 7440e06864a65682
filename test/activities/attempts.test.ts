import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigError, EnvironmentError } from '../../lib/core/errors.ts';
import { attempt } from '../../activities/attempts.ts';
import { populationInput } from '../workflows/population-input.ts';
import { populationProgressQuery } from '../../workflows/messages.ts';
import { populationWorkflow } from '../../workflows/population.ts';
import { taskQueues } from '../../workflows/task-queues.ts';
import { fakeActivities } from '../workflows/fake-activities.ts';
import { sharedTemporaryFolder } from '../temporary-folder.ts';
import { TestServer } from '../workflows/test-server.ts';

const folder = sharedTemporaryFolder();
let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start(folder);
});
afterAll(() => server.stop());

/** Starts a population of one run. */
const start = () => {
  const studyId = server.own();
  return server.client.workflow.start(populationWorkflow, {
    workflowId: studyId,
    taskQueue: taskQueues.study,
    args: [populationInput({ studyId, run: { maximumAttempts: 2, tensorBoard: false, retain: 'everything' } })],
  });
};

const oneRun = (train: (input: { maximumAttempts: number }) => Promise<'trained'>) =>
  fakeActivities({ datasets: ['mnist'], runs: 1, train });

// First, as its workers are its own.
describe('an attempt whose worker is shut down', () => {
  test('is not a failure, however often that happens', async () => {
    let begun = 0;
    let interruptions = 0;
    const { activities } = oneRun(({ maximumAttempts }) =>
      attempt({ maximumAttempts }, async (_report, signal): Promise<'trained'> => {
        begun++;
        if (interruptions === 3) return 'trained';
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
        interruptions++;
        throw new Error('the child was stopped');
      }),
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
});

describe.concurrent('an attempt', () => {
  test('that fails is repeated until the attempts are used up; then the failure is final', async () => {
    const { activities, seen } = oneRun(({ maximumAttempts }) =>
      attempt({ maximumAttempts }, () => Promise.reject(new Error('the GPU is busy'))),
    );
    const counts = await server.withActivities(activities, async () => (await start()).result());
    expect(counts).toMatchObject({ finished: 0, failed: 1 });
    expect(seen.trained).toHaveLength(2);
    expect(seen.failures).toMatchObject([{ failure: { category: 'internal', message: 'the GPU is busy' } }]);
  });

  test('is the last when no other can succeed: its population holds for it', async () => {
    const { activities, seen } = oneRun(({ maximumAttempts }) =>
      attempt({ maximumAttempts }, () =>
        Promise.reject(new ConfigError('The config is invalid', ['classes must be at least 2'])),
      ),
    );
    await server.withActivities(activities, async () => {
      const population = await start();
      let { hold } = await population.query(populationProgressQuery);
      while (hold === null) ({ hold } = await population.query(populationProgressQuery));
      expect(hold.reason).toContain('classes must be at least 2');
      await population.terminate();
    });
    expect(seen.trained).toHaveLength(1);
  });

  test.each([
    ['the surroundings', Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })],
    [
      'the network, deep down',
      new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }) }),
    ],
  ])('that fails because of %s does not count, and is repeated', async (_what, error) => {
    let tries = 0;
    const { activities, seen } = oneRun(() =>
      attempt({ maximumAttempts: 1 }, () =>
        ++tries < 4 ? Promise.reject(error) : Promise.resolve('trained' as const),
      ),
    );
    const counts = await server.withActivities(activities, async () => (await start()).result());
    expect(counts).toMatchObject({ finished: 1 });
    expect(seen.failures).toEqual([]);
  });

  test.each([
    ['foreseen', (message: string) => new EnvironmentError(message)],
    ['unforeseen', (message: string) => new Error(message)],
  ])(
    'that fails for a long %s reason shows its beginning and end until the next one has ended',
    async (_what, made) => {
      const long = `the beginning ${'ü '.repeat(5000)} the end`;
      let tries = 0;
      let look: () => void;
      const looked = new Promise<void>((resolve) => (look = resolve));
      const { activities } = oneRun(({ maximumAttempts }) =>
        attempt({ maximumAttempts }, async (): Promise<'trained'> => {
          if (++tries === 1) throw made(long);
          await looked;
          return 'trained';
        }),
      );
      await server.withActivities(activities, async () => {
        const population = await start();
        let message: string | null | undefined;
        while (message == null) {
          message = (await population.describe()).raw.pendingActivities?.[0]?.lastFailure?.message;
          await sleep(50);
        }
        look();
        expect(message).toMatch(/^the beginning ü [ü ]* \.\.\. [ü ]* the end$/);
        await population.result();
      });
    },
  );

  test('whose buffer could not be allocated may succeed the next time', async () => {
    let tries = 0;
    const { activities } = oneRun(({ maximumAttempts }) =>
      attempt({ maximumAttempts }, () =>
        ++tries === 1
          ? Promise.reject(new RangeError('Array buffer allocation failed'))
          : Promise.resolve('trained' as const),
      ),
    );
    expect(await server.withActivities(activities, async () => (await start()).result())).toMatchObject({
      finished: 1,
    });
  });

  test('repeats its latest report in every heartbeat', async () => {
    const { activities } = oneRun(({ maximumAttempts }) =>
      attempt<{ epoch: number }, 'trained'>({ maximumAttempts }, async (report) => {
        report({ epoch: 7 });
        await sleep(2500);
        return 'trained';
      }),
    );
    const details = await server.withActivities(activities, async () => {
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
    expect(details).toEqual({ failures: 0, handedBack: 0, waitingSince: null, progress: { epoch: 7 } });
  });
});
