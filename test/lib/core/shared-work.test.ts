import { expect, test } from 'vitest';
import { SharedWork } from '../../../lib/core/shared-work.ts';

/** Work that ends when it is told to, or given up. */
function shared() {
  const seen = { isGivenUp: false, gone: 0 };
  let finish!: (value: number) => void;
  let fail!: (error: Error) => void;
  const work = new SharedWork<number>(
    (signal) =>
      new Promise((resolve, reject) => {
        [finish, fail] = [resolve, reject];
        signal.addEventListener('abort', () => {
          seen.isGivenUp = true;
          reject(signal.reason as Error);
        });
      }),
    () => seen.gone++,
  );
  return { work, seen, finish, fail };
}

test('all waiters get its result, then and later', async () => {
  const { work, seen, finish } = shared();
  const waiting = [work.wait(), work.wait(new AbortController().signal)];
  finish(7);
  expect(await Promise.all(waiting)).toEqual([7, 7]);
  expect(await work.wait()).toBe(7);
  expect(seen).toEqual({ isGivenUp: false, gone: 0 });
});

test('it continues while anybody waits, and is aborted with the last waiter', async () => {
  const { work, seen } = shared();
  const [first, second] = [new AbortController(), new AbortController()];
  const waiting = [first, second].map(({ signal }) => work.wait(signal));
  first.abort(new Error('the first'));
  await expect(waiting[0]).rejects.toThrow('the first');
  expect(seen.isGivenUp).toBe(false);
  second.abort(new Error('the second'));
  await expect(waiting[1]).rejects.toThrow('the second');
  expect(seen.isGivenUp).toBe(true);
  expect(seen.gone).toBeGreaterThan(0);
});

test('its failure reaches all waiters, and it is discarded', async () => {
  const { work, seen, fail } = shared();
  const waiting = [work.wait(), work.wait()];
  fail(new Error('broken'));
  for (const one of waiting) await expect(one).rejects.toThrow('broken');
  expect(seen).toEqual({ isGivenUp: false, gone: 1 });
});
