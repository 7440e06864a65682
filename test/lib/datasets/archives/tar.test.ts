import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { listTar, streamGzippedTar } from '../../../../lib/datasets/archives/tar.ts';
import { parseTarHeader } from '../../../../lib/datasets/archives/tar-header.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { tarOf } from '../layouts/tree.ts';

const golden = (name: string) => new URL(`../golden/${name}`, import.meta.url).pathname;

/** The golden archives: by GNU tar and by Python's tarfile (golden/archives.py). */
const archives = ['tar-gnu', 'tar-oldgnu', 'tar-pax', 'tar-ustar', 'tar-v7', 'tar-python'];

const files: Record<string, Buffer> = {
  'a.txt': Buffer.from('first\n'),
  'b/c.bin': Buffer.from(Array.from({ length: 768 }, (_, i) => i % 256)),
  'b/empty': Buffer.alloc(0),
  'b/über.txt': Buffer.from('umlaut\n'),
  [`folder-${'x'.repeat(90)}/${'y'.repeat(60)}.txt`]: Buffer.from('long name\n'),
};

/** The files of an archive with their contents, and how many members are no files. */
async function filesOf(
  bytes: Buffer,
): Promise<{ plain: Record<string, Buffer>; gzipped: Record<string, Buffer>; others: number }> {
  const folder = await temporaryFolder();
  const range = async (name: string, content: Buffer) => {
    const path = join(folder, name);
    await writeFile(path, content);
    return { path, offset: 0, size: content.length };
  };
  let others = 0;
  const [plain, gzipped]: Record<string, Buffer>[] = [{}, {}];
  for await (const { name, offset, size } of listTar(await range('a.tar', bytes), { onOther: () => others++ }))
    plain![name.replace('./', '')] = bytes.subarray(offset, offset + size);
  for await (const { name, contents } of streamGzippedTar(await range('a.tar.gz', gzipSync(bytes))))
    gzipped![name.replace('./', '')] = await contents();
  return { plain: plain!, gzipped: gzipped!, others };
}

describe('a tar archive', () => {
  test.each(archives)('%s has the files that were packed, plain and gzipped', async (archive) => {
    const { plain, gzipped, others } = await filesOf(await readFile(golden(`${archive}.tar`)));
    const expected = archive === 'tar-v7' ? Object.fromEntries(Object.entries(files).slice(0, 4)) : files;
    expect(plain).toEqual(expected);
    expect(gzipped).toEqual(expected);
    // The link, the hard link, and the pipe that the oldest format has no word for.
    expect(others).toBe(archive === 'tar-python' ? 0 : archive === 'tar-v7' ? 2 : 3);
  });

  test('is read in any order of chunks: contents that are not asked for are stepped over', async () => {
    const path = join(await temporaryFolder(), 'a.tar.gz');
    const tree = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${i}`, Buffer.alloc(40_000 * (i % 7), i)]));
    await writeFile(path, gzipSync(await tarOf(tree)));
    const { size } = await stat(path);
    for await (const { name, contents } of streamGzippedTar({ path, offset: 0, size }))
      if (Number(name) % 3 === 0) expect((await contents()).equals(tree[name]!)).toBe(true);
  });

  test('tells the size of a member of more than 8 GiB', async () => {
    const header = await readFile(golden('tar-large-header.bin'));
    expect(parseTarHeader(header, 'x')).toEqual({ name: 'large.bin', size: 2 ** 33 + 12345, type: '0' });
  });

  test.each<[string, (bytes: Buffer) => Buffer, string]>([
    ['cut off within a member', (bytes) => bytes.subarray(0, 512 + 1000), 'is cut off: download it again'],
    ['cut off between members, without the mark of its end', (bytes) => bytes.subarray(0, 512 + 4096), 'is cut off'],
    [
      'damaged in a header',
      (bytes) => Buffer.concat([Buffer.from('x'), bytes.subarray(1)]),
      'byte 0: this is not a tar header',
    ],
    ['something else', () => Buffer.from('<html>'.repeat(1000)), 'byte 0: this is not a tar header'],
    ['empty', () => Buffer.alloc(0), 'is cut off'],
  ])('that is %s is refused, naming it', async (_, damage, message) => {
    const bytes = await tarOf({ 'a.jpg': Buffer.alloc(4096, 1), 'b.jpg': Buffer.alloc(4096, 2) });
    await expect(filesOf(damage(bytes))).rejects.toThrow(message);
  });

  test('that is compressed and cut off is refused, naming it', async () => {
    const path = join(await temporaryFolder(), 'a.tar.gz');
    const noise = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i * 31 + (i >> 3)) % 251));
    const bytes = gzipSync(await tarOf({ 'a.jpg': noise })).subarray(0, -3000);
    await writeFile(path, bytes);
    const list = async () => {
      for await (const { contents } of streamGzippedTar({ path, offset: 0, size: bytes.length })) await contents();
    };
    await expect(list()).rejects.toThrow(
      `${path} must be a whole gzip file (unexpected end of file): download it again`,
    );
  });

  const header = (change: (block: Buffer) => void) => {
    const block = Buffer.alloc(512);
    block.write('a.jpg');
    block.write('0000644\0', 100);
    block.write('00000000010\0', 124);
    block.write('0', 156);
    block.write('ustar\x0000', 257);
    change(block);
    block.fill(' ', 148, 156);
    block.write(
      block
        .reduce((sum, byte) => sum + byte)
        .toString(8)
        .padStart(6, '0') + '\0',
      148,
    );
    return block;
  };

  test.each<[string, (block: Buffer) => void, string]>([
    [
      'a size that is no number',
      (block) => block.write('0000zz', 124),
      'the size of a member must be a whole number, got NaN',
    ],
    ['a size beyond all bounds', (block) => block.fill(0xff, 124, 136), 'the size of a member must be a whole number'],
    [
      'a name of a gigabyte',
      (block) => block.write('07777777777\0L', 124).valueOf() && block.write('L', 156),
      'the records before a member must have at most 1048576 bytes',
    ],
  ])('with %s is refused', async (_, change, message) => {
    await expect(filesOf(Buffer.concat([header(change), Buffer.alloc(2048)]))).rejects.toThrow(message);
  });
});
