import { appendFile, open, rename, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { MetricsFile } from '../../../../lib/training/command/metrics-file.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';

let path: string;
let lines: string[];
let notes: string[];
let file: MetricsFile;
beforeEach(async () => {
  path = join(await temporaryFolder(), 'metrics.jsonl');
  [lines, notes] = [[], []];
  file = new MetricsFile(
    path,
    (line) => lines.push(line),
    (note) => notes.push(note),
  );
});

test('a line is read once, when it is complete', async () => {
  expect(await file.read()).toBe(false);
  await writeFile(path, '{"a": 1}\n{"b"');
  expect(await file.read()).toBe(true);
  expect(await file.read()).toBe(false);
  await appendFile(path, ': "é');
  await file.read();
  await appendFile(path, '"}\r\n\n');
  await file.read();
  expect(lines).toEqual(['{"a": 1}', '{"b": "é"}']);
  expect(notes).toEqual([]);
});

test('a file that is cut or replaced is read from its beginning', async () => {
  await writeFile(path, 'one\ntwo\n');
  await file.read();
  await truncate(path, 0);
  await appendFile(path, 'three\n');
  await file.read();
  await writeFile(`${path}.new`, 'four\nfive\nsix\n');
  await rename(`${path}.new`, path);
  await file.read();
  expect(lines).toEqual(['one', 'two', 'three', 'four', 'five', 'six']);
  expect(notes).toHaveLength(2);
});

test('only the end of a gigabyte at once is read, and nothing of a line of a megabyte', async () => {
  const content = await open(path, 'w');
  await content.truncate(2 ** 30);
  await content.close();
  await appendFile(path, `\n{"epoch": 1}\n${'x'.repeat(2 ** 20)}\n{"epoch": 2}\n${'y'.repeat(2 ** 20)}`);
  const before = process.memoryUsage.rss();
  await file.read();
  expect(lines).toEqual(['{"epoch": 1}', '{"epoch": 2}']);
  expect(notes).toEqual([expect.stringContaining('grows too fast') as string]);
  expect(process.memoryUsage.rss() - before).toBeLessThan(2 ** 28);
});

test('anything but a file is not read', async () => {
  await symlink('/dev/zero', path);
  expect(await file.read()).toBe(false);
  expect(notes).toEqual([expect.stringContaining('must be a file') as string]);
});
