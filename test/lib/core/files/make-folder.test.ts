import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../../../../lib/core/files/make-folder.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';

test('a folder is made with its parents, even by several callers at a time, and stays', async () => {
  const root = await temporaryFolder();
  const names = ['a/b/c/d', 'a/b/c/e', 'a/b/c', 'a/b/c/d'];
  await Promise.all(names.map((name) => makeFolder(join(root, name))));
  await makeFolder(join(root, 'a/b'));
  for (const name of names) expect((await stat(join(root, name))).isDirectory()).toBe(true);
});

test('a file in the way is refused', async () => {
  const file = join(await temporaryFolder(), 'file');
  await writeFile(file, '');
  await expect(makeFolder(file)).rejects.toThrow('EEXIST');
  await expect(makeFolder(join(file, 'a', 'b'))).rejects.toThrow('ENOTDIR');
});

test('if a file system does not allow new folders, there is an error and no endless wait', async () => {
  await expect(makeFolder('/proc/nowhere/at/all')).rejects.toThrow('ENOENT');
});
