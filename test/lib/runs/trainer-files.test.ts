import { chmod, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { materializeTrainer } from '../../../lib/runs/trainer-files.ts';
import { sha256Of, storeTrainerFiles, trainerFileName } from '../../../lib/study/documents/trainer-files.ts';
import { MemoryStore } from '../../memory-store.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const contents = new Map([
  ['run.sh', '#!/bin/sh\n'],
  ['lib/net.py', 'x = 1\n'],
]);
const trainer = { files: [...contents].map(([path, text]) => ({ path, sha256: sha256Of(Buffer.from(text)) })) };

async function storeWithFiles(): Promise<MemoryStore> {
  const store = new MemoryStore();
  await storeTrainerFiles(
    store,
    [...contents.values()].map((text) => Buffer.from(text)),
  );
  return store;
}

/** Paths and texts of all files below a folder. */
async function filesIn(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
  return new Map(
    paths.map((path, index) => [path.slice(folder.length + 1), texts[index]!]).sort() as [string, string][],
  );
}

const expected = new Map([...contents].sort());

test('a folder receives the files of a trainer, which can be run but not written', async () => {
  const folder = join(await temporaryFolder(), 'run', 'trainer');
  await materializeTrainer(await storeWithFiles(), trainer, folder);
  expect(await filesIn(folder)).toEqual(expected);
  expect((await stat(join(folder, 'run.sh'))).mode & 0o777).toBe(0o555);
});

test('changed, added or lost files are corrected; a correct folder is left as it is', async () => {
  const folder = join(await temporaryFolder(), 'trainer');
  const store = await storeWithFiles();
  await materializeTrainer(store, trainer, folder);
  const { ino } = await stat(folder);
  await materializeTrainer(new MemoryStore(), trainer, folder);
  expect((await stat(folder)).ino).toBe(ino);
  for (const damage of [
    () => chmod(join(folder, 'lib/net.py'), 0o644).then(() => writeFile(join(folder, 'lib/net.py'), 'x = 2\n')),
    () => writeFile(join(folder, 'lib/__init__.py'), ''),
    () => symlink('/etc/hostname', join(folder, 'link')),
  ]) {
    await damage();
    await materializeTrainer(store, trainer, folder);
    expect(await filesIn(folder)).toEqual(expected);
  }
});

test('nothing is written if a file is missing or damaged in the store', async () => {
  const parent = await temporaryFolder();
  const store = await storeWithFiles();
  const name = trainerFileName(trainer.files[1]!.sha256);
  await store.put(name, 'x = 3\n');
  await expect(materializeTrainer(store, trainer, join(parent, 'trainer'))).rejects.toThrow('is damaged');
  await store.delete(name);
  await expect(materializeTrainer(store, trainer, join(parent, 'trainer'))).rejects.toThrow('not complete');
  expect(await readdir(parent)).toEqual([]);
});

test('two attempts at once leave one complete folder', async () => {
  const folder = join(await temporaryFolder(), 'trainer');
  const store = await storeWithFiles();
  await Promise.all([1, 2, 3].map(() => materializeTrainer(store, trainer, folder)));
  expect(await filesIn(folder)).toEqual(expected);
});
