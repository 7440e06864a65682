import { mkdir, readdir, rm, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { isInUse, markInUse } from '../../../../lib/core/files/in-use.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';

test('a thing is in use until all its users have ended', async () => {
  const folder = join(await temporaryFolder(), 'thing');
  expect(await isInUse(folder)).toBe(false);
  const [first, second] = await Promise.all([markInUse(folder), markInUse(folder)]);
  await first();
  expect(await isInUse(folder)).toBe(true);
  await second();
  expect(await isInUse(folder)).toBe(false);
});

test('the note of a killed process expires after a while, and is removed', async () => {
  const folder = join(await temporaryFolder(), 'thing');
  // As such a process leaves it: nobody renews it.
  await mkdir(join(folder, 'killed.lock'), { recursive: true });
  expect(await isInUse(folder)).toBe(true);
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(join(folder, 'killed.lock'), longAgo, longAgo);
  expect(await isInUse(folder)).toBe(false);
  expect(await readdir(folder)).toEqual([]);
});

test('a note that is lost and cannot be written again, as on a full disk, does not end the process', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  const folder = join(await temporaryFolder(), 'thing');
  const release = await markInUse(folder);
  await rm(folder, { recursive: true });
  // No folder can be made here.
  await symlink('/proc/none/thing', folder);
  await sleep(1500);
  expect(unhandled).toEqual([]);
  await release();
});
