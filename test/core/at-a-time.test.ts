import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { atATime } from '../../core/at-a-time.ts';

test('every item has its turn, in order, and no more than the limit at once', async () => {
  const begun: number[] = [];
  let now = 0;
  let most = 0;
  await atATime(3, [0, 1, 2, 3, 4, 5, 6], async (item) => {
    begun.push(item);
    most = Math.max(most, ++now);
    await turn();
    now--;
  });
  expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(most).toBe(3);
});

test('after a failure no more are begun, and it is thrown once those under way have ended', async () => {
  const [begun, ended]: [number[], number[]] = [[], []];
  const working = atATime(2, [0, 1, 2, 3], async (item) => {
    begun.push(item);
    if (item === 0) throw new Error('broken');
    await turn();
    ended.push(item);
  });
  await expect(working).rejects.toThrow('broken');
  expect(begun).toEqual([0, 1]);
  expect(ended).toEqual([1]);
});

test('nothing is done where there is nothing', async () => {
  await atATime(2, [], () => Promise.reject(new Error('never')));
});
