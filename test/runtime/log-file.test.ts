import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { LogFile } from '../../runtime/log-file.ts';
import { temporaryFolder } from '../temporary-folder.ts';

test('lines are written in order, and the folder is created', async () => {
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

test('lines to a full device are lost without an error', async () => {
  const log = new LogFile('/dev/full');
  log.write('one');
  await log.flushed();
});

test('a log that reaches its limit is started anew, and the previous one is kept', async () => {
  const path = join(await temporaryFolder(), 'log');
  const lines = (first: number) => Array.from({ length: 10 }, (_, index) => `line ${first + index}`);
  const log = new LogFile(path, undefined, 80);
  for (let first = 10; first < 50; first += 10) {
    for (const line of lines(first)) log.write(line);
    await log.flushed();
    const written = `${lines(first).join('\n')}\n`;
    expect(await readFile(path, 'utf8')).toBe(written);
    if (first > 10) expect(await readFile(`${path}.1`, 'utf8')).toBe(`${lines(first - 10).join('\n')}\n`);
  }
  expect((await readdir(dirname(path))).sort()).toEqual(['log', 'log.1']);
});

test('a log that another program renames is started anew, and one that cannot be renamed is continued', async () => {
  const path = join(await temporaryFolder(), 'log');
  const log = new LogFile(path, undefined, 1);
  log.write('one');
  await log.flushed();
  await rename(path, `${path}-2026-11-30`);
  log.write('two');
  await log.flushed();
  expect(await readFile(path, 'utf8')).toBe('two\n');
  await mkdir(join(`${path}.1`, 'folder'), { recursive: true });
  log.write('three');
  await log.flushed();
  expect(await readFile(path, 'utf8')).toBe('two\nthree\n');
});
