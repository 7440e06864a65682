import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import yazl from 'yazl';
import { FileTree } from '../../../../lib/datasets/archives/file-tree.ts';
import { walkFolder } from '../../../../lib/datasets/archives/walk-folder.ts';
import { readClassFolders } from '../../../../lib/datasets/readers/class-folders.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { gzippedTarOf, tarOf, writeTree, zipOf } from '../layouts/tree.ts';
import { openTree } from '../open-tree.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');

/** Contents by path. */
async function contentsOf(tree: FileTree): Promise<Record<string, string>> {
  const contents: Record<string, string> = {};
  for await (const file of tree.contents([...tree.paths.keys()]))
    contents[tree.paths[file.row]!] = 'bytes' in file ? file.bytes.toString() : file.reason;
  return contents;
}

const files = { 'bär/ü.jpg': '1', 'bör/ü.jpg': '2' };

/** A tar with a placeholder byte in its names, each replaced by a byte of Latin-1, and its checksums made right again. */
async function latin1Tar(): Promise<Buffer> {
  const bytes = await tarOf({ 'b{r/}.jpg': '1', 'b|r/}.jpg': '2' });
  for (let block = 0; block + 512 <= bytes.length; block += 1024) {
    const header = bytes.subarray(block, block + 512);
    if (header[0] === 0) break;
    for (let i = 0; i < 100; i++)
      header[i] =
        new Map([
          [0x7b, 0xe4],
          [0x7c, 0xf6],
          [0x7d, 0xfc],
        ]).get(header[i]!) ?? header[i]!;
    header.fill(' ', 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  }
  return bytes;
}

/** A zip whose names are not marked as UTF-8, as macOS writes it: with accents decomposed. */
async function macZip(): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const [path, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), path.normalize('NFD'));
  zip.end();
  const bytes = await buffer(zip.outputStream);
  for (const [mark, field] of [
    ['PK\x03\x04', 6],
    ['PK\x01\x02', 8],
  ] as const)
    for (let at = bytes.indexOf(mark, 0, 'latin1'); at >= 0; at = bytes.indexOf(mark, at + 1, 'latin1'))
      bytes.writeUInt16LE(bytes.readUInt16LE(at + field) & ~0x800, at + field);
  return bytes;
}

describe('names are the same text, whatever wrote them', () => {
  test('a folder with names in Latin-1', async () => {
    const folder = await temporaryFolder();
    for (const [name, content] of [
      ['b\xe4r', '1'],
      ['b\xf6r', '2'],
    ] as const) {
      await mkdir(Buffer.concat([Buffer.from(`${folder}/`), latin1(name)]));
      await writeFile(Buffer.concat([Buffer.from(`${folder}/`), latin1(`${name}/\xfc.jpg`)]), content);
    }
    const tree = await FileTree.open(await walkFolder(folder));
    expect(await contentsOf(tree)).toEqual(files);
    expect(readClassFolders(tree, 'animals').classes).toEqual(['bär', 'bör']);
  });

  test('a folder with decomposed accents, as macOS writes them', async () => {
    const tree = await openTree(
      Object.fromEntries(Object.entries(files).map(([path, content]) => [path.normalize('NFD'), content])),
    );
    expect(await contentsOf(tree)).toEqual(files);
  });

  test('an archive whose name has decomposed accents', async () => {
    const tree = await openTree({ ['bär.zip'.normalize('NFD')]: await zipOf({ 'ü.jpg': '1' }) });
    expect(await contentsOf(tree)).toEqual({ 'bär/ü.jpg': '1' });
  });

  test('a tar with names in Latin-1, plain and gzipped: two classes stay two', async () => {
    const bytes = await latin1Tar();
    for (const [name, content] of [
      ['a.tar', bytes],
      ['a.tar.gz', gzipSync(bytes)],
    ] as const) {
      const tree = await openTree({ [name]: content });
      expect(await contentsOf(tree)).toEqual({ 'a/bär/ü.jpg': '1', 'a/bör/ü.jpg': '2' });
    }
  });

  test('a zip by macOS, which does not mark UTF-8: the names of the unpacked folder', async () => {
    const tree = await openTree({ 'a.zip': await macZip() });
    expect(await contentsOf(tree)).toEqual({ 'a/bär/ü.jpg': '1', 'a/bör/ü.jpg': '2' });
  });

  test('a zip in code page 437, which DOS and Windows write', async () => {
    const bytes = await zipOf({ 'b{r/1.jpg': '1' });
    for (let at = bytes.indexOf('b{r'); at >= 0; at = bytes.indexOf('b{r', at + 1)) bytes[at + 1] = 0x84;
    expect((await openTree({ 'a.zip': bytes })).paths).toEqual(['a/bär/1.jpg']);
  });
});

describe('an archive is known by its content', () => {
  test('a tar whose first file begins with PK is no zip', async () => {
    const tree = await openTree({ 'PKLot.tar': await tarOf({ 'PKLot/1.jpg': '1' }) });
    expect(await contentsOf(tree)).toEqual({ 'PKLot/PKLot/1.jpg': '1' });
  });

  test('a zip that unpacks itself is read', async () => {
    const program = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(1000, 7)]);
    const zip = await zipOf({ 'a.jpg': '1' });
    const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
    const directory = zip.readUInt32LE(end + 16);
    zip.writeUInt32LE(directory + program.length, end + 16);
    zip.writeUInt32LE(program.length, directory + 42);
    expect(await contentsOf(await openTree({ 'a.zip': Buffer.concat([program, zip]) }))).toEqual({ 'a/a.jpg': '1' });
  });

  test.each([
    ['a web page', '<!DOCTYPE html><title>Sign in</title>', 'got a web page: download it again'],
    ['nothing', '', 'got an empty file: download it again'],
    ['text', 'see the other folder'.repeat(50), 'got something else: download it again'],
  ])('%s saved as an archive is named', async (_what, content, message) => {
    for (const name of ['a.zip', 'a.tar', 'a.tar.gz'])
      await expect(openTree({ [name]: content })).rejects.toThrow(`must be a zip, tar or tar.gz archive, ${message}`);
  });

  test.each([
    ['a compressed tar', async () => ({ 'a.tgz': await gzippedTarOf({ 'labels.csv.gz': gzipSync('file,label') }) })],
    ['a tar', async () => ({ 'a.tar': await tarOf({ 'labels.csv.gz': gzipSync('file,label') }) })],
    ['a zip', async () => ({ 'a.zip': await zipOf({ 'labels.csv.gz': gzipSync('file,label') }) })],
  ])('a compressed table in %s is read as a table', async (_what, form) => {
    const tree = await openTree(await form());
    expect(tree.paths).toEqual(['a/labels.csv']);
    expect((await tree.read(0)).toString()).toBe('file,label');
  });
});

describe('missing contents of a folder are known', () => {
  test('links to files that are not there, and folders without files', async () => {
    const folder = await temporaryFolder();
    await writeTree(folder, { 'a/1.jpg': '1', 'b.tar': await tarOf({ 'c/': '', 'd/1.jpg': '1' }) });
    await mkdir(join(folder, 'e/f'), { recursive: true });
    await symlink('../.git/annex/objects/x', join(folder, 'a/2.jpg'));
    const tree = await FileTree.open(await walkFolder(folder));
    expect(tree.brokenLinks).toEqual(['a/2.jpg']);
    expect(tree.emptyFolders()).toEqual(['b/c', 'e', 'e/f']);
  });

  test('links among folders that make ever more paths are refused', async () => {
    const folder = await temporaryFolder();
    for (let i = 0; i < 8; i++) {
      await mkdir(join(folder, String(i)));
      for (let k = 0; k < 8; k++) await symlink(join('..', String(k)), join(folder, `${i}/to-${k}`));
    }
    await expect(walkFolder(folder)).rejects.toThrow('more than 16 paths to a folder: remove links');
  });
});
