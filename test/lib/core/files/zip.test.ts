import { randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { zipOf, zipParts } from '../../../../lib/core/files/zip.ts';
import { listZip, readZipFile } from '../../../../lib/datasets/archives/zip.ts';
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

test('Python reads an archive, also one of more files than 16 bits can count', async () => {
  const many: [string, Buffer][] = Array.from({ length: 66_000 }, (_, index) => [
    `ü/${index}`,
    Buffer.from(String(index)),
  ]);
  many.push(['large', Buffer.alloc(2 ** 20, 'large')]);
  const path = join(await temporaryFolder(), 'a.zip');
  await writeFile(path, zipParts([...files, ...many]));
  const script = `import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
print(archive.testzip(), len(archive.namelist()), archive.read('ü/65999').decode(), archive.read('folder/b.bin') == b'\\7' * 10000)`;
  expect(execFileSync('python3', ['-c', script, path], { encoding: 'utf8' })).toBe('None 66003 65999 True\n');
});

test('files are requested as earlier ones are read', async () => {
  const asked: number[] = [];
  function* endless(): Generator<[string, Uint8Array]> {
    for (let index = 0; ; index++) {
      asked.push(index);
      yield [String(index), randomBytes(2 ** 19)];
    }
  }
  const parts = zipParts(endless());
  for (let read = 0; read < 3; read++) await parts.next();
  expect(asked).toEqual([0, 1, 2]);
  await parts.return(undefined);
});
