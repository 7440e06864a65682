import { expect, test } from 'vitest';
import { concurrently } from '../../../lib/core/concurrently.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('results are in the order of the items, whichever ends first, and the limit holds', async () => {
  let [underWay, most] = [0, 0];
  const results = await concurrently([5, 1, 4, 2, 3], 2, async (turns) => {
    most = Math.max(most, ++underWay);
    for (let index = 0; index < turns; index++) await turn();
    underWay--;
    return 10 * turns;
  });
  expect(results).toEqual([50, 10, 40, 20, 30]);
  expect(most).toBe(2);
  expect(await concurrently([], 2, turn)).toEqual([]);
});

test('items are started in order', async () => {
  const begun: number[] = [];
  await concurrently([0, 1, 2, 3, 4, 5, 6], 3, async (item) => {
    begun.push(item);
    await turn();
  });
  expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test('after an error nothing is started, and the first error is thrown once started items have ended', async () => {
  const [begun, ended]: [number[], number[]] = [[], []];
  const working = concurrently([0, 1, 2, 3], 2, async (item) => {
    begun.push(item);
    if (item === 0) throw new Error('broken');
    await turn();
    ended.push(item);
  });
  await expect(working).rejects.toThrow('broken');
  expect(begun).toEqual([0, 1]);
  expect(ended).toEqual([1]);
});
