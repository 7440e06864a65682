import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { keepLock, LockLostError, takeLock, withLock } from '../../../../lib/core/files/lock.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';

/** Takes the lock of a path away from the process that has it, as another one does after this one has slept. */
async function takeAway(path: string): Promise<void> {
  await rm(`${path}.lock`, { recursive: true });
  await mkdir(`${path}.lock`);
  const later = new Date(Date.now() + 3_600_000);
  await utimes(`${path}.lock`, later, later);
}

const newPath = async () => join(await temporaryFolder(), 'thing');

describe('work that holds a lock', () => {
  test('is done by one process at a time, and its result is returned', async () => {
    const path = await newPath();
    let atWork = 0;
    const results = await Promise.all(
      [1, 2, 3].map((result) =>
        withLock(path, {}, async () => {
          expect(++atWork).toBe(1);
          await sleep(20);
          atWork--;
          return result;
        }),
      ),
    );
    expect(results).toEqual([1, 2, 3]);
    expect(await readdir(join(path, '..'))).toEqual([]);
  });

  test('aborts when the lock is lost, and leaves the lock to its new holder', async () => {
    const path = await newPath();
    const work = withLock(path, {}, async (signal) => {
      await takeAway(path);
      await sleep(10_000, undefined, { signal });
    });
    await expect(work).rejects.toThrow(LockLostError);
    await expect(work).rejects.toThrow(`the lock of ${path} was lost`);
    expect(await readdir(join(path, '..'))).toEqual(['thing.lock']);
  });

  test('does not count if it ended before the loss was noticed', async () => {
    const path = await newPath();
    const work = withLock(path, {}, async () => {
      await takeAway(path);
      return 'done';
    });
    await expect(work).rejects.toThrow(LockLostError);
    expect(await readdir(join(path, '..'))).toEqual(['thing.lock']);
  });

  test('keeps it while it is renewed, even if the work or the caller fails', async () => {
    const path = await newPath();
    await expect(withLock(path, {}, () => Promise.reject(new RangeError('mine')))).rejects.toThrow(RangeError);
    const held = (await takeLock(path))!;
    for (let i = 0; i < 25; i++) {
      expect(await held.isHeld()).toBe(true);
      await sleep(100);
    }
    const given = new Error('given up');
    const waiting = withLock(path, { signal: AbortSignal.timeout(300) }, () => Promise.resolve());
    await expect(waiting).rejects.toThrow();
    await expect(withLock(path, { signal: AbortSignal.abort(given) }, () => Promise.resolve())).rejects.toBe(given);
    await held.release();
  });
});

describe('a lock that is kept', () => {
  test('is taken again if nobody else has taken it', async () => {
    const path = await newPath();
    const release = (await keepLock(path))!;
    await rm(`${path}.lock`, { recursive: true });
    while ((await readdir(join(path, '..'))).length === 0) await sleep(50);
    expect(await takeLock(path, { patience: 0 })).toBeUndefined();
    await release();
    expect(await readdir(join(path, '..'))).toEqual([]);
  });

  test(
    'is taken again as soon as the file system allows it, and can be released before that',
    { timeout: 60_000 },
    async () => {
      const folder = join(await temporaryFolder(), 'state');
      const reasons: Error[] = [];
      const [first, second] = [join(folder, 'first'), join(folder, 'second')];
      const onLost = (reason: Error) => reasons.push(reason);
      const [giveBack, giveUp] = [(await keepLock(first, { onLost }))!, (await keepLock(second, { onLost }))!];
      await rm(folder, { recursive: true });
      await writeFile(folder, 'what is no folder');
      // Long enough for the loss to be noticed, and for attempts that fail.
      await sleep(9000);
      await giveUp();
      await rm(folder);
      await expect.poll(() => readdir(folder).catch(() => []), { timeout: 5000 }).toEqual(['first.lock']);
      await sleep(1500);
      expect(await takeLock(first, { patience: 0 })).toBeUndefined();
      expect(reasons).toEqual([]);
      await giveBack();
      expect(await readdir(folder)).toEqual([]);
    },
  );

  test('is lost if another process has taken it, which is reported once', async () => {
    const path = await newPath();
    const reasons: Error[] = [];
    const release = (await keepLock(path, { onLost: (reason) => reasons.push(reason) }))!;
    await takeAway(path);
    while (reasons.length === 0) await sleep(50);
    await sleep(1500);
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toBeInstanceOf(LockLostError);
    await release();
    expect(await readdir(join(path, '..'))).toEqual(['thing.lock']);
  });
});
