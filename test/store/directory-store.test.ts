import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ArtifactStore } from '../../store/artifact-store.ts';
import { openDirectoryStore } from '../../store/directory-store.ts';

let root: string;
let store: ArtifactStore;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'store-'));
  store = openDirectoryStore(join(root, 'artifacts'));
});
afterEach(() => rm(root, { recursive: true }));

describe('a directory store', () => {
  test('gives back what was put, the last time', async () => {
    await store.put('runs/a/record.json', 'first');
    await store.put('runs/a/record.json', Buffer.from('second'));
    expect((await store.get('runs/a/record.json'))?.toString()).toBe('second');
    expect(await readFile(await store.localFile('runs/a/record.json'), 'utf8')).toBe('second');
  });

  test('takes files', async () => {
    const file = join(root, 'weights');
    await writeFile(file, 'w');
    await store.putFile('runs/a/weights.bin', file);
    expect((await store.get('runs/a/weights.bin'))?.toString()).toBe('w');
  });

  test('has nothing of a name that was not put, or was deleted', async () => {
    expect(await store.get('runs/a')).toBeUndefined();
    await store.put('runs/a', '');
    expect(await store.has('runs/a')).toBe(true);
    await store.delete('runs/a');
    await store.delete('runs/a');
    expect(await store.has('runs/a')).toBe(false);
  });

  test('lists by prefix, sorted, without what is being written', async () => {
    expect(await store.list('')).toEqual([]);
    for (const name of ['runs/b/x', 'runs/ab/x', 'runs/a/y', 'runs/a/x', 'studies/a/x']) await store.put(name, '');
    await writeFile(join(root, 'artifacts/runs/a/z.1.partial'), '');
    expect(await store.list('runs/a')).toEqual(['runs/a/x', 'runs/a/y', 'runs/ab/x']);
    expect(await store.list('runs/a/')).toEqual(['runs/a/x', 'runs/a/y']);
    expect(await store.list('studies/b/')).toEqual([]);
  });

  test('keeps every reader from half an artifact while others write it', async () => {
    const contents = ['a', 'b'].map((letter) => letter.repeat(1_000_000));
    await store.put('x', contents[0]!);
    const seen = new Set<string | undefined>();
    const writing = Promise.all(Array.from({ length: 20 }, (_, time) => store.put('x', contents[time % 2]!)));
    for (let time = 0; time < 20; time++) seen.add((await store.get('x'))?.toString());
    await writing;
    expect([...seen].every((content) => contents.includes(content ?? ''))).toBe(true);
    expect(await store.list('')).toEqual(['x']);
  });

  test('refuses names that leave it', async () => {
    await expect(store.get('../x')).rejects.toThrow('got ../x');
    await expect(store.put('/etc/x', '')).rejects.toThrow('got /etc/x');
    await expect(store.localFile('runs/../../x')).rejects.toThrow('got runs/../../x');
  });
});
