import { Context } from '@temporalio/activity';
import { WithStartWorkflowOperation, WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  extendUpdate,
  limitUpdate,
  pauseUpdate,
  populationProgressQuery,
  resumeUpdate,
  retryUpdate,
  steerSignal,
  studyProgressQuery,
} from '../../workflows/messages.ts';
import { populationWorkflow } from '../../workflows/population.ts';
import { studyWorkflow } from '../../workflows/study.ts';
import { taskQueues } from '../../workflows/task-queues.ts';
import { sharedTemporaryFolder } from '../temporary-folder.ts';
import { architectureOf, fakeActivities } from './fake-activities.ts';
import { populationInput, steering } from './population-input.ts';
import { TestServer } from './test-server.ts';

const folder = sharedTemporaryFolder();
let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start(folder);
});
afterAll(() => server.stop());

const optionsOf = (id: string) => ({
  workflowId: id,
  taskQueue: taskQueues.study,
  args: [{ studyId: id }] as [object],
});
const startStudy = (id = server.own()) => server.client.workflow.start(studyWorkflow, optionsOf(id));

async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 30_000; !(await condition()); await sleep(20))
    if (Date.now() > deadline) throw new Error('did not come about within 30 s');
}

/** A latch at which activities wait until a test releases them. */
function latch() {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

const fails = (message = 'no') => Promise.reject(ApplicationFailure.nonRetryable(message, 'crash'));

/** Waits for a latch as the real activity would: heartbeats, and ends as soon as it is cancelled. */
async function unlessCancelled<Result>(work: Promise<Result>): Promise<Result> {
  const { heartbeat, cancelled } = Context.current();
  const beats = setInterval(() => heartbeat(), 100);
  try {
    return await Promise.race([work, cancelled]);
  } finally {
    clearInterval(beats);
  }
}

describe.concurrent('instructions', () => {
  test('are listed in the order of their acknowledgement, in the progress and in the store', async () => {
    const { open, opened } = latch();
    const { activities, seen } = fakeActivities({
      datasets: ['mnist'],
      runs: 2,
      train: () => unlessCancelled(opened.then(() => 'trained' as const)),
    });
    await server.withActivities(activities, async () => {
      const study = await startStudy();
      await eventually(() => seen.trained.length === 2);
      await study.executeUpdate(limitUpdate, { updateId: 'a', args: [1] });
      await study.executeUpdate(pauseUpdate, { updateId: 'b' });
      await study.executeUpdate(resumeUpdate, { updateId: 'c' });
      // Sent again, as if the answer had been lost.
      await study.executeUpdate(pauseUpdate, { updateId: 'b' });
      await study.executeUpdate(limitUpdate, { updateId: 'd', args: [null] });
      await study.executeUpdate(extendUpdate, { updateId: 'e', args: [{ architectures: 3 }] });
      const { instructions, isPaused } = await study.query(studyProgressQuery);
      expect(isPaused).toBe(false);
      expect(instructions.map(({ id, summary }) => [id, summary])).toEqual([
        ['a', 'limited to 1 run at a time'],
        ['b', 'paused'],
        ['c', 'resumed'],
        ['d', 'limit removed'],
        ['e', 'extended to 3 on mnist'],
      ]);
      expect(instructions.map(({ at }) => at)).toEqual([...new Set(instructions.map(({ at }) => at))].sort());
      open();
      expect((await study.result()).runs['mnist']).toMatchObject({ finished: 3 });
    });
    // Extensions are stored separately.
    expect(seen.noted.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('that are refused leave no trace', async () => {
    const { open, opened } = latch();
    const { activities, seen } = fakeActivities({
      datasets: ['mnist'],
      runs: 1,
      train: () => unlessCancelled(opened.then(() => 'trained' as const)),
    });
    await server.withActivities(activities, async () => {
      const study = await startStudy();
      await eventually(() => seen.trained.length === 1);
      await expect(study.executeUpdate(limitUpdate, { args: [0] })).rejects.toThrow();
      await expect(study.executeUpdate(pauseUpdate, { updateId: 'a/b' })).rejects.toThrow();
      await expect(
        study.executeUpdate(retryUpdate, { args: [{ from: 'checkpoint', dataset: 'x' }] }),
      ).rejects.toThrow();
      const { instructions, isPaused } = await study.query(studyProgressQuery);
      expect({ instructions, isPaused }).toEqual({ instructions: [], isPaused: false });
      open();
      await study.result();
    });
    expect(seen.noted).toEqual([]);
  });

  test('to extend a study that arrive together are carried out one after the other, and both take effect', async () => {
    let atOnce = 0;
    let most = 0;
    const { open, opened } = latch();
    const fake = fakeActivities({ datasets: ['mnist'], runs: 2, train: () => opened.then(() => 'trained' as const) });
    const { extendStudy } = fake.activities.study;
    fake.activities.study.extendStudy = async (input) => {
      most = Math.max(most, ++atOnce);
      await sleep(300);
      atOnce--;
      return extendStudy(input);
    };
    await server.withActivities(fake.activities, async () => {
      const study = await startStudy();
      await eventually(() => fake.seen.trained.length === 2);
      const both = [
        study.executeUpdate(extendUpdate, { args: [{ architectures: 4 }] }),
        study.executeUpdate(extendUpdate, { args: [{ datasets: [{ dataset: 'birds' }] }] }),
      ];
      expect((await Promise.all(both)).sort()).toEqual([4, 8].sort());
      open();
      expect(Object.values((await study.result()).runs).map(({ finished }) => finished)).toEqual([4, 4]);
    });
    expect(most).toBe(1);
  });

  test('that arrive while a study concludes are carried out before it ends', async () => {
    const { open, opened } = latch();
    let isBroken = true;
    const fake = fakeActivities({
      datasets: ['mnist'],
      runs: 2,
      train: () => (isBroken ? fails() : Promise.resolve('trained')),
    });
    const { concludeStudy } = fake.activities.study;
    let concluded = 0;
    fake.activities.study.concludeStudy = async (outcome) => {
      concluded++;
      await opened;
      return concludeStudy(outcome);
    };
    await server.withActivities(fake.activities, async () => {
      const study = await startStudy();
      await eventually(() => concluded === 1);
      isBroken = false;
      const retried = study.executeUpdate(retryUpdate, { args: [{ from: 'checkpoint' }] });
      const extended = study.executeUpdate(extendUpdate, { args: [{ architectures: 3 }] });
      expect(await retried).toEqual({ mnist: 2 });
      await extended;
      open();
      expect((await study.result()).runs['mnist']).toEqual({ finished: 3, reused: 0, diverged: 0, failed: 0 });
    });
    expect(concluded).toBe(2);
    // The first outcome is withdrawn.
    expect(fake.seen.concluded).toHaveLength(1);
    expect(fake.seen.evaluated).toHaveLength(3);
  });

  test('that both find a population just ended start it again only once', async () => {
    let isBroken = true;
    const { open, opened } = latch();
    const { activities, seen } = fakeActivities({
      datasets: ['mnist', 'birds'],
      runs: 2,
      train: ({ dataset }) => {
        if (dataset === 'birds') return unlessCancelled(opened.then(() => 'trained' as const));
        return isBroken ? fails() : Promise.resolve('trained');
      },
    });
    await server.withActivities(activities, async () => {
      const study = await startStudy();
      const population = server.client.workflow.getHandle(`${study.workflowId}/mnist`);
      await eventually(async () => (await population.describe().catch(() => undefined))?.status.name === 'COMPLETED');
      isBroken = false;
      const planned = seen.planned.filter((page) => page === 'mnist 0').length;
      await Promise.all([
        study.executeUpdate(retryUpdate, { args: [{ from: 'checkpoint' }] }),
        study.executeUpdate(extendUpdate, { args: [{ architectures: 3 }] }),
      ]);
      open();
      const { runs } = await study.result();
      expect(runs['mnist']).toEqual({ finished: 3, reused: 0, diverged: 0, failed: 0 });
      expect(runs['birds']).toEqual({ finished: 3, reused: 0, diverged: 0, failed: 0 });
      // Planned once, or twice if the second finds it under way, but each run is carried out once.
      expect(seen.planned.filter((page) => page === 'mnist 0').length - planned).toBeLessThanOrEqual(2);
    });
    expect(seen.evaluated.filter((key) => key.endsWith('mnist')).sort()).toEqual([
      'arch-000@mnist',
      'arch-001@mnist',
      'arch-002@mnist',
    ]);
  });

  test('to an ended study start it again, and are carried out only once if repeated', async () => {
    const { activities } = fakeActivities({ datasets: ['mnist'], runs: 2 });
    await server.withActivities(activities, async () => {
      const id = server.own();
      await (await startStudy(id)).result();
      const extended = await server.client.workflow.executeUpdateWithStart(extendUpdate, {
        updateId: 'more',
        args: [{ architectures: 4 }],
        startWorkflowOperation: new WithStartWorkflowOperation(studyWorkflow, {
          ...optionsOf(id),
          workflowIdConflictPolicy: 'USE_EXISTING',
        }),
      });
      expect(extended).toBe(4);
      const handle = server.client.workflow.getHandle<typeof studyWorkflow>(id);
      expect((await handle.result()).runs['mnist']).toMatchObject({ finished: 4 });
    });
  });

  test('reach a population that is still starting, and are never dropped', async () => {
    const { open, opened } = latch();
    const { activities, seen } = fakeActivities({
      datasets: ['mnist', 'birds'],
      runs: 3,
      prepareDataset: () => opened.then(() => ({ digest: 'd', images: 1 })),
    });
    await server.withActivities(activities, async () => {
      const study = await startStudy();
      await eventually(async () => (await study.query(studyProgressQuery)).stage === 'preparing');
      await study.executeUpdate(pauseUpdate);
      open();
      await sleep(500);
      await study.executeUpdate(resumeUpdate);
      await study.executeUpdate(pauseUpdate);
      for (const dataset of ['mnist', 'birds']) {
        const population = server.client.workflow.getHandle(`${study.workflowId}/${dataset}`);
        await eventually(async () => (await population.query(populationProgressQuery)).isPaused);
      }
      // Runs that workers had begun by then.
      await sleep(1000);
      const trained = seen.trained.length;
      await sleep(500);
      expect(seen.trained).toHaveLength(trained);
      await study.executeUpdate(resumeUpdate);
      await study.result();
    });
    expect(new Set(seen.evaluated).size).toBe(6);
    expect(seen.evaluated).toHaveLength(6);
  });
});

describe.concurrent('a training that is withdrawn for a pause', () => {
  test.each(['stops', 'is lost'])('continues later if its worker %s meanwhile, without a failure', async (what) => {
    let isResumed = false;
    const { open, opened } = latch();
    let withdrawn = 0;
    const { activities, seen } = fakeActivities({
      datasets: ['mnist'],
      runs: 2,
      train: async () => {
        if (isResumed) return 'trained';
        // It finishes its epoch, which takes longer than the worker lives.
        const { heartbeat, cancellationSignal } = Context.current();
        while (!cancellationSignal.aborted) {
          heartbeat();
          await sleep(50);
        }
        withdrawn++;
        // A lost worker no longer reports anything.
        return what === 'stops'
          ? fails('the worker is shutting down').catch(retryable)
          : opened.then(() => fails('lost'));
      },
    });
    const retryable = () => Promise.reject(ApplicationFailure.retryable('Worker is shutting down'));
    await server.withActivities(activities, async () => {
      const study = await startStudy();
      await eventually(() => seen.trained.length === 2);
      await study.executeUpdate(pauseUpdate);
      await eventually(() => withdrawn === 2);
      isResumed = true;
      await study.executeUpdate(resumeUpdate);
      expect((await study.result()).runs['mnist']).toEqual({ finished: 2, reused: 0, diverged: 0, failed: 0 });
      open();
    });
    expect(seen.failures).toEqual([]);
  });

  test('has failed if its failure is final', async () => {
    const { activities, seen } = fakeActivities({
      datasets: ['mnist'],
      runs: 1,
      train: async () => {
        await unlessCancelled(new Promise(() => {})).catch(() => undefined);
        return fails('out of memory');
      },
    });
    await server.withActivities(activities, async () => {
      const study = await startStudy();
      await eventually(() => seen.trained.length === 1);
      await study.executeUpdate(pauseUpdate);
      await study.executeUpdate(resumeUpdate);
      expect((await study.result()).runs['mnist']).toMatchObject({ failed: 1 });
    });
  });
});

describe.concurrent('a population', () => {
  const startPopulation = (runs: number, changes: Parameters<typeof populationInput>[0] | object = {}) => {
    const studyId = server.own();
    return server.client.workflow.start(populationWorkflow, {
      workflowId: `${studyId}/mnist`,
      taskQueue: taskQueues.study,
      args: [populationInput({ studyId, steering: steering(runs, { window: 1 }), ...changes })],
    });
  };

  test('that continues as new keeps its hold and its failures in a row', async () => {
    const { activities, seen } = fakeActivities({ datasets: ['mnist'], runs: 3, train: () => fails() });
    await server.withActivities(activities, async () => {
      const hold = { what: 'train arch-000 on mnist', reason: 'the disk is full' };
      const population = await startPopulation(3, {
        carried: {
          ...{ page: 0, revision: 1, counts: { finished: 0, reused: 0, diverged: 0, failed: 0 }, failures: null },
          ...{ hold, failuresInARow: { category: 'crash', runs: 3 } },
        },
      });
      await sleep(500);
      expect(await population.query(populationProgressQuery)).toMatchObject({ hold });
      expect(seen.trained).toEqual([]);
      await population.cancel();
      await expect(population.result()).rejects.toThrow(WorkflowFailedError);

      // Two more make five in a row.
      const other = await startPopulation(3, {
        carried: {
          ...{ page: 0, revision: 1, counts: { finished: 0, reused: 0, diverged: 0, failed: 3 }, failures: null },
          ...{ hold: null, failuresInARow: { category: 'crash', runs: 3 } },
        },
      });
      await eventually(async () => (await other.query(populationProgressQuery)).hold !== null);
      expect(seen.trained).toHaveLength(2);
      await other.cancel();
      await expect(other.result()).rejects.toThrow(WorkflowFailedError);
    });
  });

  test('that goes through its plan again reports earlier failures', async () => {
    const { open, opened } = latch();
    const { activities } = fakeActivities({
      datasets: ['mnist'],
      runs: 3,
      train: async (run) => {
        if (architectureOf(run) === 'arch-000') return fails('out of memory');
        await opened;
        return 'trained';
      },
    });
    const { planRuns } = activities.study;
    activities.study.planRuns = async (input) => {
      const page = await planRuns(input);
      const failed: [string, number][] = [['out of memory', page.settled.failed]];
      return page.settled.failed === 0
        ? page
        : { ...page, failures: { first: 'arch-000: out of memory', runs: failed } };
    };
    await server.withActivities(activities, async () => {
      const population = await startPopulation(3);
      await eventually(async () => (await population.query(populationProgressQuery)).failed === 1);
      await population.signal(steerSignal, steering(3, { plan: { revision: 2, runs: 3 } }));
      open();
      expect(await population.result()).toEqual({
        ...{ finished: 2, reused: 0, diverged: 0, failed: 1, revision: 2 },
        failures: { first: 'arch-000: out of memory', commonest: { message: 'out of memory', runs: 1 } },
      });
    });
  });
});

describe.concurrent('a study that is cancelled', () => {
  const stages = {
    sampling: { study: 'samplePopulation' },
    preparing: { data: 'prepareDataset' },
    planning: { study: 'planRuns' },
    training: { train: 'train' },
    testing: { train: 'evaluate' },
    'recording a failure': { study: 'recordFailure' },
    collecting: { study: 'collectResults' },
    correlating: { study: 'correlate' },
    reporting: { study: 'renderReport' },
    concluding: { study: 'concludeStudy' },
  } as const;

  test.each(Object.entries(stages))('while %s ends as cancelled, after its activities', async (stage, where) => {
    const { activities, seen } = fakeActivities({
      datasets: ['mnist'],
      runs: 1,
      ...(stage === 'recording a failure' && { train: () => fails() }),
    });
    const [[role, name]] = Object.entries(where) as [['study', 'samplePopulation']];
    let begun = 0;
    let ended = 0;
    activities[role][name] = async () => {
      begun++;
      const { heartbeat, cancellationSignal } = Context.current();
      while (!cancellationSignal.aborted) {
        heartbeat();
        await sleep(50);
      }
      ended++;
      // Ends not like a cancelled activity but like one whose worker is lost.
      throw new Error('the worker is shutting down');
    };
    await server.withActivities(activities, async () => {
      const study = await startStudy();
      await eventually(() => begun === 1);
      await study.cancel();
      await expect(study.result()).rejects.toThrow(WorkflowFailedError);
      expect((await study.describe()).status.name).toBe('CANCELLED');
      expect([begun, ended]).toEqual([1, 1]);
      const population = await server.client.workflow
        .getHandle(`${study.workflowId}/mnist`)
        .describe()
        .catch(() => undefined);
      expect(population?.status.name).not.toBe('RUNNING');
    });
    expect(seen.noted).toMatchObject([{ kind: 'cancel', summary: 'cancelled' }]);
  });
});
