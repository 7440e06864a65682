import { expect, test } from 'vitest';
import { concurrently } from '../../core/concurrently.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('results are in the order of the items, whatever ends first, with at most so many under way', async () => {
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

test('the first error is thrown, after which nothing is begun', async () => {
  const begun: number[] = [];
  const work = async (item: number) => {
    begun.push(item);
    await turn();
    if (item === 2) throw new Error('two');
  };
  await expect(concurrently([1, 2, 3, 4, 5, 6], 2, work)).rejects.toThrow('two');
  expect(begun.length).toBeLessThan(6);
});
