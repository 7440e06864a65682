import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { boundedWindow } from '../../workflows/bounded-window.ts';

describe('a bounded window', () => {
  test('works on every item, in order, and never on more than its size at a time', async () => {
    const begun: number[] = [];
    let open = 0;
    let most = 0;
    await boundedWindow([5, 1, 4, 1, 3, 1, 2], 3, async (item) => {
      begun.push(item);
      most = Math.max(most, ++open);
      await sleep(item);
      open--;
    });
    expect(begun).toEqual([5, 1, 4, 1, 3, 1, 2]);
    expect(most).toBe(3);
  });

  test('gives the place of an item that is done to the next at once', async () => {
    const log: string[] = [];
    await boundedWindow(['long', 'short', 'next'], 2, async (item) => {
      log.push(`${item} begins`);
      await sleep(item === 'long' ? 30 : 1);
      log.push(`${item} ends`);
    });
    expect(log.indexOf('next begins')).toBeLessThan(log.indexOf('long ends'));
  });

  test('begins nothing more once a work has thrown, waits for those begun, and throws the error', async () => {
    const ended: number[] = [];
    const work = boundedWindow([0, 1, 2, 3], 2, async (item) => {
      await sleep(10 * item);
      if (item === 0) throw new Error('item 0');
      ended.push(item);
    });
    await expect(work).rejects.toThrow('item 0');
    expect(ended).toEqual([1]);
  });

  test('is done at once without items', async () => {
    await expect(boundedWindow([], 2, () => Promise.reject(new Error('worked')))).resolves.toBeUndefined();
  });
});
