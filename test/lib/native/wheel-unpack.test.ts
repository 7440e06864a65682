import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, expect, test } from 'vitest';
import { unpackWheel } from '../../../lib/native/wheel-unpack.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

/** A wheel made by Python, as real ones are: path, content and Unix mode of each member. */
async function makeWheel(members: [path: string, content: string, mode: number][]): Promise<string> {
  const path = join(folder, 'made.whl');
  const script = [
    'import sys, json, zipfile',
    'with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as wheel:',
    '  for name, content, mode in json.loads(sys.argv[2]):',
    '    info = zipfile.ZipInfo(name)',
    '    info.external_attr = mode << 16',
    '    wheel.writestr(info, content, zipfile.ZIP_DEFLATED)',
  ].join('\n');
  await promisify(execFile)('python3', ['-c', script, path, JSON.stringify(members)]);
  return path;
}

test('unpacks the wanted members, at their paths, with their modes', async () => {
  const wheel = await makeWheel([
    ['tensorflow/lib.so', 'library '.repeat(5000), 0o100755],
    ['tensorflow/python/unwanted.py', 'no', 0o100644],
    ['tensorflow/include/c_api.h', 'header', 0],
    ['tensorflow/empty.h', '', 0o100644],
  ]);
  const unpacked = await unpackWheel(wheel, folder, (path) => !path.endsWith('.py'));
  expect(unpacked).toEqual(['tensorflow/lib.so', 'tensorflow/include/c_api.h', 'tensorflow/empty.h']);
  expect(await readFile(join(folder, 'tensorflow/lib.so'), 'utf8')).toBe('library '.repeat(5000));
  expect((await stat(join(folder, 'tensorflow/lib.so'))).mode & 0o777).toBe(0o755);
  expect(await readFile(join(folder, 'tensorflow/include/c_api.h'), 'utf8')).toBe('header');
  expect(await readFile(join(folder, 'tensorflow/empty.h'), 'utf8')).toBe('');
  expect(existsSync(join(folder, 'tensorflow/python'))).toBe(false);
});

test.each([
  ['tensorflow/../../outside.txt', 'invalid relative path'],
  ['/outside.txt', 'absolute path'],
])('refuses the path %s: nothing is written outside the folder', async (path, message) => {
  const target = join(folder, 'a', 'b');
  await expect(unpackWheel(await makeWheel([[path, 'no', 0o100644]]), target, () => true)).rejects.toThrow(message);
  expect(existsSync(join(folder, 'a'))).toBe(false);
  expect(existsSync('/outside.txt')).toBe(false);
});

test('refuses a wheel that breaks off', async () => {
  const wheel = await makeWheel([['a', 'content', 0o100644]]);
  await writeFile(wheel, (await readFile(wheel)).subarray(0, -10));
  await expect(unpackWheel(wheel, folder, () => true)).rejects.toThrow(/end of central directory|zip/i);
});
