import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ArtifactStore } from '../../../lib/store/artifact-store.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

/** What every artifact store does. */
export function describeStore(name: string, open: () => Promise<ArtifactStore>): void {
  describe(name, () => {
    test('returns the latest content of a name, and nothing for an unknown name', async () => {
      const store = await open();
      expect(await store.get('runs/a1/record.json')).toBeUndefined();
      expect(await store.has('runs/a1/record.json')).toBe(false);
      await store.put('runs/a1/record.json', 'one');
      await store.put('runs/a1/record.json', Buffer.from('two'));
      expect((await store.get('runs/a1/record.json'))?.toString()).toBe('two');
      expect(await store.has('runs/a1/record.json')).toBe(true);
    });

    test('creates an artifact once, even if many try at the same time', async () => {
      const store = await open();
      const created = await Promise.all(Array.from({ length: 12 }, (_, i) => store.create('a/config.json', `${i}`)));
      expect(created.filter(Boolean)).toHaveLength(1);
      expect((await store.get('a/config.json'))?.toString()).toBe(String(created.indexOf(true)));
      expect(await store.create('a/config.json', 'late')).toBe(false);
    });

    test('removes nothing that is whole with what killed processes have left', async () => {
      const store = await open();
      await store.removeAbandoned('runs/a1/', 0);
      await store.put('runs/a1/record.json', 'one');
      await store.removeAbandoned('runs/a1/', 0);
      expect(await store.list('runs/')).toEqual(['runs/a1/record.json']);
    });

    test('stores files, and provides them as files', async () => {
      const store = await open();
      const path = join(await temporaryFolder(), 'weights.bin');
      const content = Buffer.alloc(7_000_000, 'weights');
      await writeFile(path, content);
      await store.putFile('runs/a1/weights.bin', path);
      expect((await readFile(await store.localFile('runs/a1/weights.bin'))).equals(content)).toBe(true);
      await store.put('runs/a1/weights.bin', 'newer');
      expect(await readFile(await store.localFile('runs/a1/weights.bin'), 'utf8')).toBe('newer');
      await expect(store.localFile('runs/a1/none')).rejects.toThrow();
    });

    test('lends files, even if the work with them fails, but not missing ones', async () => {
      const store = await open();
      await store.put('runs/a1/weights.bin', Buffer.alloc(300_000, 'weights'));
      const size = await store.withFile('runs/a1/weights.bin', async (path) => {
        expect(basename(path)).toBe('weights.bin');
        return (await readFile(path)).length;
      });
      expect(size).toBe(300_000);
      const failing = store.withFile('runs/a1/weights.bin', () => Promise.reject(new Error('of the work')));
      await expect(failing).rejects.toThrow('of the work');
      await expect(store.withFile('runs/a1/none', () => Promise.resolve())).rejects.toThrow();
      expect((await store.get('runs/a1/weights.bin'))?.length).toBe(300_000);
    });

    test('lists names by prefix, and the folders among them', async () => {
      const store = await open();
      for (const name of ['runs/b/record.json', 'runs/a/record.json', 'runs/a/model/saved_model.pb', 'studies/x.json'])
        await store.put(name, '');
      expect(await store.list('runs/a/')).toEqual(['runs/a/model/saved_model.pb', 'runs/a/record.json']);
      expect(await store.list('runs/')).toHaveLength(3);
      expect(await store.list('nothing/')).toEqual([]);
      expect(await store.children('runs/')).toEqual(['a', 'b']);
      expect(await store.children('nothing/')).toEqual([]);
    });

    test('deletes artifacts, even missing ones', async () => {
      const store = await open();
      await store.put('a.json', '');
      await store.delete('a.json');
      await store.delete('a.json');
      expect(await store.get('a.json')).toBeUndefined();
    });

    test.each(['../a', 'a/../b', '/a', 'a//b', '', 'a b', 'a\nb'])('refuses the name %j', async (artifact) => {
      const store = await open();
      await expect(store.put(artifact, '')).rejects.toThrow(RangeError);
    });
  });
}
