import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeWholeFolder } from '../../../../lib/core/files/whole-folder.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';

const writing = (content: string) => (partial: string) => writeFile(join(partial, 'file'), content);

test('a folder is replaced as a whole, and nothing is left beside it', async () => {
  const parent = await temporaryFolder();
  const folder = join(parent, 'folder');
  await writeWholeFolder(folder, writing('one'));
  await mkdir(join(folder, 'old'));
  await writeWholeFolder(folder, writing('two'));
  expect(await readFile(join(folder, 'file'), 'utf8')).toBe('two');
  expect(await readdir(folder)).toEqual(['file']);
  expect(await readdir(parent)).toEqual(['folder']);
});

test('a folder stays as it was if the new one cannot be written', async () => {
  const parent = await temporaryFolder();
  const folder = join(parent, 'folder');
  await writeWholeFolder(folder, writing('one'));
  const failing = writeWholeFolder(folder, async (partial) => {
    await writing('two')(partial);
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('one');
    throw new Error('no space');
  });
  await expect(failing).rejects.toThrow('no space');
  expect(await readFile(join(folder, 'file'), 'utf8')).toBe('one');
  expect(await readdir(parent)).toEqual(['folder']);
});

test('concurrent writers of one folder all succeed, and one of their folders stays', async () => {
  const parent = await temporaryFolder();
  const folder = join(parent, 'folder');
  await Promise.all(Array.from({ length: 20 }, (_, i) => writeWholeFolder(folder, writing(String(i)))));
  expect(Number(await readFile(join(folder, 'file'), 'utf8'))).toBeLessThan(20);
  expect(await readdir(parent)).toEqual(['folder']);
});
