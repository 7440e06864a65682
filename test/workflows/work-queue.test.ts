import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { workQueue } from '../../workflows/work-queue.ts';

// Stands for Temporal outside of a workflow: conditions are polled, and nothing is cancelled.
vi.mock('@temporalio/workflow', () => ({
  condition: async (holds: () => boolean) => {
    while (!holds()) await sleep(1);
  },
  CancellationScope: { nonCancellable: (work: () => Promise<void>) => work() },
}));

describe('a work queue', () => {
  test('processes every item, in order, and never more than its window at a time', async () => {
    const begun: number[] = [];
    let open = 0;
    let most = 0;
    await workQueue(
      [5, 1, 4, 1, 3, 1, 2],
      () => 3,
      async (item) => {
        begun.push(item);
        most = Math.max(most, ++open);
        await sleep(item);
        open--;
      },
    );
    expect(begun).toEqual([5, 1, 4, 1, 3, 1, 2]);
    expect(most).toBe(3);
  });

  test('gives the place of a finished item to the next one immediately', async () => {
    const log: string[] = [];
    await workQueue(
      ['long', 'short', 'next'],
      () => 2,
      async (item) => {
        log.push(`${item} begins`);
        await sleep(item === 'long' ? 30 : 1);
        log.push(`${item} ends`);
      },
    );
    expect(log.indexOf('next begins')).toBeLessThan(log.indexOf('long ends'));
  });

  test('follows a window that changes, down to none', async () => {
    let size = 0;
    let open = 0;
    let most = 0;
    const done = workQueue(
      [1, 2, 3, 4],
      () => size,
      async () => {
        most = Math.max(most, ++open);
        await sleep(5);
        open--;
      },
    );
    await sleep(10);
    expect(most).toBe(0);
    size = 2;
    await done;
    expect(most).toBe(2);
  });

  test('starts nothing more once a task has failed, waits for started tasks, and throws the error', async () => {
    const ended: number[] = [];
    const work = workQueue(
      [0, 1, 2, 3],
      () => 2,
      async (item) => {
        await sleep(10 * item);
        if (item === 0) throw new Error('item 0');
        ended.push(item);
      },
    );
    await expect(work).rejects.toThrow('item 0');
    expect(ended).toEqual([1]);
  });

  test('is done immediately without items', async () => {
    const never = () => Promise.reject(new Error('begun'));
    await expect(workQueue([], () => 2, never)).resolves.toBeUndefined();
  });
});
