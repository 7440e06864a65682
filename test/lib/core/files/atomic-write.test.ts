import { readdir, readFile, writeFile } from 'node:fs/promises';
import type * as files from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { copyFileAtomically, writeFileAtomically } from '../../../../lib/core/files/atomic-write.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';

/** Whether files that are written go to a device that is always full. */
let isFull = false;

vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof files>();
  const open = (path: string, flags: string) =>
    isFull && path.endsWith('.partial') ? original.open('/dev/full', 'w') : original.open(path, flags);
  return { ...original, open };
});

describe('a file that is written atomically', () => {
  test('has all of its parts, in a folder created for it, with nothing beside it', async () => {
    const path = join(await temporaryFolder(), 'a/b/c');
    async function* parts() {
      yield Buffer.from('one ');
      await Promise.resolve();
      yield Buffer.from('two');
    }
    expect(await writeFileAtomically(path, parts())).toBe(true);
    expect(await readFile(path, 'utf8')).toBe('one two');
    await copyFileAtomically(path, join(path, '../../d/e'));
    expect(await readFile(join(path, '../../d/e'), 'utf8')).toBe('one two');
    expect(await readdir(join(path, '..'))).toEqual(['c']);
  });

  test('stays as it was if a part fails, or if it exists with createOnly', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'file');
    await writeFile(path, 'before');
    async function* parts() {
      yield Buffer.from('half');
      await Promise.resolve();
      throw Object.assign(new Error('no source'), { code: 'ENOENT' });
    }
    await expect(writeFileAtomically(path, parts())).rejects.toThrow('no source');
    expect(await writeFileAtomically(path, 'other', { createOnly: true })).toBe(false);
    expect(await readFile(path, 'utf8')).toBe('before');
    expect(await readdir(folder)).toEqual(['file']);
  });

  test('on a full disk is reported with its path', async () => {
    const path = join(await temporaryFolder(), 'file');
    isFull = true;
    const writing = writeFileAtomically(path, 'text').finally(() => (isFull = false));
    await expect(writing).rejects.toThrow(`ENOSPC: no space left on device, write '${path}'`);
  });
});
