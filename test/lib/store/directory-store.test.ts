import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDirectoryStore } from '../../../lib/store/directory-store.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { describeStore } from './store-contract.ts';

const open = async () => openDirectoryStore(join(await temporaryFolder(), 'artifacts'));

describeStore('a directory store', open);

test('a directory store does not list what is being written', async () => {
  const store = await open();
  await store.put('runs/a/x', '');
  await writeFile(join(store.location, 'runs/a/z.1.partial'), '');
  expect(await store.list('runs/')).toEqual(['runs/a/x']);
});

test('a directory store keeps every reader from half an artifact while others write it', async () => {
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
