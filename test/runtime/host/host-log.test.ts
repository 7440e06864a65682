import { appendFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { followHostLog } from '../../../runtime/host/host-log.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

async function following(path: string): Promise<{ said: string[]; stop: () => Promise<void> }> {
  const said: string[] = [];
  const stop = await followHostLog(path, (line) => said.push(line));
  onTestFinished(stop);
  return { said, stop };
}

test('appended text is passed on line by line, however it is split, and earlier text is not', async () => {
  const path = join(await temporaryFolder(), 'host.log');
  await writeFile(path, 'before\n');
  const { said, stop } = await following(path);
  const text = Buffer.from('first\nzweite Zeile: größer\nlast');
  const middle = text.indexOf('ö') + 1;
  await appendFile(path, text.subarray(0, middle));
  await expect.poll(() => said).toEqual(['first']);
  await appendFile(path, text.subarray(middle));
  await expect.poll(() => said).toHaveLength(2);
  await appendFile(path, ' line\n');
  await stop();
  expect(said).toEqual(['first', 'zweite Zeile: größer', 'last line']);
});

test('a log that does not exist yet, is renamed, or is emptied is followed without losing a line', async () => {
  const path = join(await temporaryFolder(), 'host.log');
  const { said, stop } = await following(path);
  await writeFile(path, 'a long first line\n');
  await expect.poll(() => said).toEqual(['a long first line']);
  await appendFile(path, 'to the old one\n');
  await rename(path, `${path}.1`);
  await writeFile(path, 'new\n');
  await expect.poll(() => said).toEqual(['a long first line', 'to the old one', 'new']);
  await writeFile(path, '');
  await sleep(500);
  await appendFile(path, 'again\n');
  await stop();
  expect(said.slice(3)).toEqual(['again']);
});

test('an unreadable log is reported once, and followed again later', async () => {
  const path = join(await temporaryFolder(), 'host.log');
  await writeFile(path, '');
  const { said, stop } = await following(path);
  await rename(path, `${path}.1`);
  await mkdir(join(path, 'a folder'), { recursive: true });
  await expect.poll(() => said).toEqual([expect.stringMatching(/^the messages of the host cannot be read: EISDIR/)]);
  await mkdir(join(path, 'another'));
  await sleep(500);
  await rm(path, { recursive: true });
  await writeFile(path, 'it goes on\n');
  await stop();
  expect(said.slice(1)).toEqual(['it goes on']);
});
