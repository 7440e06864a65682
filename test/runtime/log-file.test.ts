import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LogFile } from '../../runtime/log-file.ts';
import { temporaryFolder } from '../temporary-folder.ts';

test('lines are written in their order, and the folder is made', async () => {
  const path = join(await temporaryFolder(), 'deep/log');
  const log = new LogFile(path);
  for (const line of ['one', 'two', 'three']) log.write(line);
  await log.flushed();
  expect(await readFile(path, 'utf8')).toBe('one\ntwo\nthree\n');
});

test('lines that cannot be written are dropped, and counted once the file can be written again', async () => {
  const path = join(await temporaryFolder(), 'log');
  await mkdir(path);
  const log = new LogFile(path);
  log.write('one');
  log.write('two');
  await log.flushed();
  await rm(path, { recursive: true });
  log.write('three');
  log.write('four');
  await log.flushed();
  expect(await readFile(path, 'utf8')).toMatch(/^2 lines were lost: EISDIR.*\nthree\nfour\n$/);
});

test('a device that is full takes none, and nothing else happens', async () => {
  const log = new LogFile('/dev/full');
  log.write('one');
  await log.flushed();
});
