import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkStore } from '../../../runtime/doctor/store.ts';
import { openDirectoryStore } from '../../../lib/store/directory-store.ts';
import { MemoryStore } from '../../memory-store.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

test('a store that works is left as it was', async () => {
  const store = openDirectoryStore(join(await temporaryFolder(), 'store'));
  expect(await checkStore(store)).toEqual({
    name: 'store',
    status: 'ok',
    detail: `${store.location}: written, read, created once and deleted`,
  });
  expect(await store.list('')).toEqual([]);
});

test('a store that cannot be written is a failure with the reason', async () => {
  const file = join(await temporaryFolder(), 'file');
  await writeFile(file, '');
  expect(await checkStore(openDirectoryStore(file))).toMatchObject({
    status: 'failure',
    detail: expect.stringContaining(`${file} cannot be written to: ENOTDIR`) as string,
    remedy: expect.stringContaining('the file that is in the way') as string,
  });
});

test.each([
  ['ENOSPC', 'open', 'free some space there'],
  ['EACCES', 'mkdir', 'make it a folder that this user can write'],
  ['ECONNREFUSED', undefined, 'check its address, the network and the credentials'],
])('%s has its own remedy', async (code, syscall, remedy) => {
  const store = new MemoryStore();
  store.create = () => Promise.reject(Object.assign(new Error('no'), { code, ...(syscall && { syscall }) }));
  expect(await checkStore(store)).toMatchObject({
    status: 'failure',
    detail: 'memory cannot be written to: no',
    remedy: expect.stringContaining(remedy) as string,
  });
});

test.each<[string, (store: MemoryStore) => void, string]>([
  [
    'creates over what is there',
    (store) => (store.create = (name, content) => store.put(name, content).then(() => true)),
    'an existing artifact can be created again',
  ],
  [
    'forgets',
    (store) => (store.get = () => Promise.resolve(undefined)),
    'it returned something other than what was written',
  ],
  ['keeps what is deleted', (store) => (store.delete = () => Promise.resolve()), 'a deleted artifact still exists'],
])('a store that %s is a failure', async (_, spoil, detail) => {
  const store = new MemoryStore();
  spoil(store);
  expect(await checkStore(store)).toMatchObject({ status: 'failure', detail: `memory: ${detail}` });
});
