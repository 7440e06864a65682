import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import yazl from 'yazl';
import type { ByteRange } from '../../../../lib/datasets/archives/byte-range.ts';
import { listZip, rangeInZip, readZipFile, type ZipFile } from '../../../../lib/datasets/archives/zip.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { zipOf } from '../layouts/tree.ts';

/** The bytes as an archive in a file, behind others. */
async function inFile(bytes: Buffer, before = 0): Promise<ByteRange> {
  const path = join(await temporaryFolder(), 'a.zip');
  await writeFile(path, Buffer.concat([Buffer.alloc(before, 7), bytes]));
  return { path, offset: before, size: bytes.length };
}

async function list(archive: ByteRange): Promise<{ files: ZipFile[]; refused: string[] }> {
  const refused: string[] = [];
  const files: ZipFile[] = [];
  for await (const file of listZip(archive, { onRefused: (why) => refused.push(why) })) files.push(file);
  return { files, refused };
}

const tree = { 'a.jpg': Buffer.alloc(5000, 'a'), 'b/ü.txt': Buffer.from('text'), 'c/empty': Buffer.alloc(0) };

describe('a zip archive', () => {
  test.each([
    ['compressed', true],
    ['stored as they are', false],
  ])('has the files that were packed, %s', async (_, compress) => {
    const archive = await inFile(await zipOf(tree, { compress }), 1000);
    const { files } = await list(archive);
    expect(files.map(({ name }) => name)).toEqual(Object.keys(tree));
    for (const file of files) expect(await readZipFile(archive, file)).toEqual(tree[file.name as keyof typeof tree]);
    expect(files[0]!.isPlain).toBe(!compress);
  });

  test('stored as they are, has its files as stretches of itself', async () => {
    const archive = await inFile(await zipOf(tree, { compress: false }), 10);
    const { files } = await list(archive);
    const { path, offset, size } = await rangeInZip(archive, files[1]!);
    const { readBytes } = await import('../../../../lib/datasets/archives/byte-range.ts');
    expect((await readBytes(path, offset, size)).toString()).toBe('text');
  });

  test('has no links, devices and encrypted files', async () => {
    const zip = new yazl.ZipFile();
    zip.addBuffer(Buffer.from('/etc/passwd'), 'link', { mode: 0o120777 });
    zip.addBuffer(Buffer.alloc(0), 'device', { mode: 0o020666 });
    zip.addBuffer(Buffer.from('secret'), 'encrypted');
    zip.addBuffer(Buffer.from('x'), 'strange');
    zip.addBuffer(Buffer.from('x'), 'file', { mode: 0o100644 });
    zip.addEmptyDirectory('folder');
    zip.end();
    const bytes = await buffer(zip.outputStream);
    /** Changes a field of the member's entry in the directory. */
    const patch = (name: string, field: number, value: number) =>
      bytes.writeUInt16LE(value, bytes.lastIndexOf(name) - 46 + field);
    patch('encrypted', 8, 0x801);
    patch('strange', 10, 14);
    const { files, refused } = await list(await inFile(bytes));
    expect(files.map(({ name }) => name)).toEqual(['file']);
    expect(refused).toEqual(['not a file', 'not a file', 'encrypted', 'compressed by an unsupported method']);
  });

  test.each<[string, (bytes: Buffer) => Buffer, string]>([
    ['cut off', (bytes) => bytes.subarray(0, -30), 'must be a whole zip archive'],
    ['something else', () => Buffer.from('<html>'.repeat(100)), 'must be a whole zip archive'],
    ['empty', () => Buffer.alloc(0), 'must be a whole zip archive'],
  ])('that is %s is refused, naming it', async (_, damage, message) => {
    const archive = await inFile(damage(await zipOf(tree)));
    await expect(list(archive)).rejects.toThrow(`${archive.path} ${message}`);
  });

  test('with a damaged member gives all others', async () => {
    const bytes = await zipOf(tree, { compress: false });
    bytes[40] = 0x58;
    const archive = await inFile(bytes);
    const { files } = await list(archive);
    await expect(readZipFile(archive, files[0]!)).rejects.toThrow(
      'it is damaged: its checksum differs from the one in the archive',
    );
    expect(await readZipFile(archive, files[1]!)).toEqual(tree['b/ü.txt']);
  });

  test('with a member that becomes larger than it says is not decompressed further', async () => {
    const archive = await inFile(await zipOf({ 'bomb.jpg': Buffer.alloc(50_000_000) }));
    const { files } = await list(archive);
    await expect(readZipFile(archive, { ...files[0]!, size: 1000 })).rejects.toThrow(
      'it is damaged: Cannot create a Buffer larger than 1000 bytes',
    );
  });

  test('whose members lie over each other, as in a bomb, is refused', async () => {
    const bytes = await zipOf({ 'a.jpg': Buffer.alloc(10_000, 1) }, { compress: false });
    const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
    const start = bytes.readUInt32LE(end + 16);
    const entry = bytes.subarray(start, end);
    const tail = Buffer.from(bytes.subarray(end));
    tail.writeUInt16LE(3, 8);
    tail.writeUInt16LE(3, 10);
    tail.writeUInt32LE(entry.length * 3, 12);
    const archive = await inFile(Buffer.concat([bytes.subarray(0, start), entry, entry, entry, tail]));
    await expect(list(archive)).rejects.toThrow('its members overlap');
  });
});
