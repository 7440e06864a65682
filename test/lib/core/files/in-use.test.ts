import { mkdir, readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isInUse, markInUse } from '../../../../lib/core/files/in-use.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';

test('a thing is in use until all who use it have ended', async () => {
  const folder = join(await temporaryFolder(), 'thing');
  expect(await isInUse(folder)).toBe(false);
  const [first, second] = await Promise.all([markInUse(folder), markInUse(folder)]);
  await first();
  expect(await isInUse(folder)).toBe(true);
  await second();
  expect(await isInUse(folder)).toBe(false);
});

test('the note of a process that was killed is void after a while, and removed', async () => {
  const folder = join(await temporaryFolder(), 'thing');
  // As such a process leaves it: nobody renews it.
  await mkdir(join(folder, 'killed.lock'), { recursive: true });
  expect(await isInUse(folder)).toBe(true);
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(join(folder, 'killed.lock'), longAgo, longAgo);
  expect(await isInUse(folder)).toBe(false);
  expect(await readdir(folder)).toEqual([]);
});
