import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, expect, test } from 'vitest';
import { attemptsSoFar, beginAttempt } from '../../../../lib/training/command/run-folder.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { stubTask } from './stub-run.ts';

let work: string;
let document: string;
beforeEach(async () => {
  work = await temporaryFolder();
  document = join(work, 'run', 'run.json');
});

test('attempts are counted by the document that each trainer is shown', async () => {
  expect(await attemptsSoFar(work)).toBe(0);
  for (const attempt of [1, 2, 3]) expect(await beginAttempt(stubTask(work, {}), undefined)).toBe(attempt);
  expect(await attemptsSoFar(work)).toBe(3);
});

test.each<[what: string, make: () => Promise<unknown>]>([
  ['text', () => writeFile(document, '{"attempt"')],
  ['null', () => writeFile(document, 'null')],
  ['another kind of attempt', () => writeFile(document, '{"attempt":-1e300}')],
  ['JSON that is nested without end', () => writeFile(document, '['.repeat(1e5))],
  ['a folder', () => mkdir(join(document, 'within'), { recursive: true })],
  ['a link that leads out of its folder', () => symlink('/etc/hostname', document)],
  ['a pipe, which would block its reader', () => promisify(execFile)('mkfifo', [document])],
])('a trainer that turns this document into %s restarts its count, and gets a new one', async (_what, make) => {
  await beginAttempt(stubTask(work, {}), undefined);
  await rm(document);
  await make();
  expect(await attemptsSoFar(work)).toBe(0);
  expect(await beginAttempt(stubTask(work, {}), undefined)).toBe(1);
  expect(JSON.parse(await readFile(document, 'utf8'))).toMatchObject({ format: 1, attempt: 1 });
});
