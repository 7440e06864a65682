import { expect, test } from 'vitest';
import { zipOf } from '../../../../lib/core/files/zip.ts';
import { listZip, readZipFile } from '../../../../lib/datasets/archives/zip.ts';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../../../temporary-folder.ts';

const files = new Map([
  ['a.txt', Buffer.from('one')],
  ['folder/b.bin', Buffer.alloc(10_000, 7)],
]);

test('a ZIP archive gives back its files, and equal files give equal bytes', async () => {
  const archive = await zipOf(files);
  const path = join(await temporaryFolder(), 'a.zip');
  await writeFile(path, archive);
  const range = { path, offset: 0, size: archive.length };
  const found = new Map<string, Buffer>();
  for await (const { name, ...file } of listZip(range)) found.set(name, await readZipFile(range, file));
  expect(found).toEqual(files);
  expect((await zipOf(files)).equals(archive)).toBe(true);
});
