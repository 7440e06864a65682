import { mkdir, readdir, rename, rmdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EnvironmentError } from '../../../lib/core/errors.ts';
import { openDirectoryStore } from '../../../lib/store/directory-store.ts';
import { storeIdentity } from '../../../lib/store/store-identity.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { describeStore } from './store-contract.ts';

const open = async () => openDirectoryStore(join(await temporaryFolder(), 'artifacts'));

describeStore('a directory store', open);

test('a directory store does not list unfinished files', async () => {
  const store = await open();
  await store.put('runs/a/x', '');
  await writeFile(join(store.location, 'runs/a/z.1.partial'), '');
  expect(await store.list('runs/')).toEqual(['runs/a/x']);
});

test('a directory store removes what killed processes have left of a run, and nothing that is still being written', async () => {
  const store = await open();
  await store.put('runs/a/checkpoints/epoch-000002.bin', '');
  await store.put('runs/b/record.json', '');
  const hourAgo = new Date(Date.now() - 3_600_000);
  for (const name of [
    'a/weights.bin.1',
    'a/checkpoints/epoch-000001.bin.2',
    'a/checkpoints/new.3',
    'b/record.json.4',
  ]) {
    const path = join(store.location, 'runs', `${name}.partial`);
    await writeFile(path, 'half');
    if (!name.includes('new')) await utimes(path, hourAgo, hourAgo);
  }
  await store.removeAbandoned('runs/a/', 600_000);
  const left = async (folder: string) => (await readdir(join(store.location, 'runs', folder))).sort();
  expect(await left('a')).toEqual(['checkpoints']);
  expect(await left('a/checkpoints')).toEqual(['epoch-000002.bin', 'new.3.partial']);
  expect(await left('b')).toEqual(['record.json', 'record.json.4.partial']);
});

test('a directory store does not list files of others whose names are not those of artifacts', async () => {
  const store = await open();
  await store.put('runs/a/x', '');
  await writeFile(join(store.location, 'runs/a/x (copy)'), '');
  await writeFile(join(store.location, 'runs/a/x~'), '');
  await mkdir(join(store.location, 'runs/a (copy)'));
  expect(await store.list('runs/')).toEqual(['runs/a/x']);
  expect(await store.children('runs/')).toEqual(['a']);
});

test('a directory store never shows a reader half an artifact while others write it', async () => {
  const store = await open();
  const contents = ['a', 'b'].map((letter) => letter.repeat(1_000_000));
  await store.put('x', contents[0]!);
  const seen = new Set<string | undefined>();
  const writing = Promise.all(Array.from({ length: 20 }, (_, time) => store.put('x', contents[time % 2]!)));
  for (let time = 0; time < 20; time++) seen.add((await store.get('x'))?.toString());
  await writing;
  expect([...seen].every((content) => contents.includes(content ?? ''))).toBe(true);
  expect(await store.list('')).toEqual(['x']);
});

test('a directory store whose disk is not mounted is not taken for an empty one, and nothing is written in its place', async () => {
  const store = await open();
  const id = await storeIdentity(store);
  await store.put('runs/a/record.json', '{}');
  const away = `${store.location}-away`;
  await rename(store.location, away);
  await mkdir(store.location);
  const attempts = {
    put: () => store.put('runs/b/record.json', '{}'),
    create: () => store.create('runs/b/record.json', '{}'),
    putFile: () => store.putFile('runs/b/weights.bin', import.meta.filename),
    get: () => store.get('runs/a/record.json'),
    has: () => store.has('runs/a/record.json'),
    list: () => store.list('runs/'),
    children: () => store.children('runs/'),
    localFile: () => store.localFile('runs/a/record.json'),
    delete: () => store.delete('runs/a/record.json'),
  };
  for (const [name, attempt] of Object.entries(attempts))
    await expect(attempt(), name).rejects.toThrow(
      new EnvironmentError(`The store ${store.location} has disappeared: store.json is missing; is its disk mounted?`),
    );
  expect(await readdir(store.location)).toEqual([]);
  await rmdir(store.location);
  await rename(away, store.location);
  expect(await storeIdentity(store)).toBe(id);
  expect(await store.list('')).toEqual(['runs/a/record.json', 'store.json']);
});
