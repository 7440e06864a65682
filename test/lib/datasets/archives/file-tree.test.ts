import { execFile } from 'node:child_process';
import { rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { FileTree } from '../../../../lib/datasets/archives/file-tree.ts';
import { walkFolder } from '../../../../lib/datasets/archives/walk-folder.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { gzippedTarOf, tarOf, tarOfEmptyFiles, within, writeTree, zipOf, type Tree } from '../layouts/tree.ts';
import { openTree } from '../open-tree.ts';

/** Contents by path, or why a file could not be read. */
async function contentsOf(tree: FileTree, rows = [...tree.paths.keys()]): Promise<Record<string, string>> {
  const contents: Record<string, string> = {};
  for await (const file of tree.contents(rows))
    contents[tree.paths[file.row]!] = 'bytes' in file ? file.bytes.toString() : file.reason;
  return contents;
}

const files: Tree = { 'b/1.jpg': 'one', 'b/2.jpg': 'two', 'c/3.jpg': 'three' };

describe('the files of a folder', () => {
  test.each<[string, () => Promise<Tree>]>([
    ['lie there', () => Promise.resolve(within('a', files))],
    ['are in a tar', async () => ({ 'a.tar': await tarOf(files) })],
    ['are in a compressed tar', async () => ({ 'a.tar.gz': await gzippedTarOf(files) })],
    ['are in a compressed tar called .tgz', async () => ({ 'a.tgz': await gzippedTarOf(files) })],
    ['are in a compressed tar that a browser has renamed', async () => ({ 'a.tar': await gzippedTarOf(files) })],
    ['are in a zip', async () => ({ 'a.zip': await zipOf(files) })],
    [
      'are in a tar of tars',
      async () => ({
        'a.tar': await tarOf({
          'b.tar': await tarOf({ '1.jpg': 'one', '2.jpg': 'two' }),
          'c.tar': await tarOf({ '3.jpg': 'three' }),
        }),
      }),
    ],
    [
      'are in a zip of a stored zip',
      async () => ({
        'a.zip': await zipOf(
          { 'b.zip': await zipOf({ '1.jpg': 'one', '2.jpg': 'two' }), 'c/3.jpg': 'three' },
          { compress: false },
        ),
      }),
    ],
    [
      'are partly compressed',
      () => Promise.resolve({ 'a/b/1.jpg.gz': gzipSync('one'), 'a/b/2.jpg': 'two', 'a/c/3.jpg': 'three' }),
    ],
  ])('are the same where they %s', async (_, form) => {
    const tree = await openTree(await form());
    expect(tree.problems).toEqual([]);
    expect(await contentsOf(tree)).toEqual(within('a', files));
  });

  test('are those that people put there, not those that their machines leave', async () => {
    const tree = await openTree({
      'a/1.jpg': '1',
      'a/.DS_Store': 'x',
      '__MACOSX/a/._1.jpg': 'x',
      'a/Thumbs.db': 'x',
      'b.zip': await zipOf({ '2.jpg': '2', '__MACOSX/._2.jpg': 'x', '.DS_Store': 'x' }),
      'c.tar': await tarOf({ './3.jpg': '3', './._3.jpg': 'x' }),
    });
    expect(tree.paths).toEqual(['a/1.jpg', 'b/2.jpg', 'c/3.jpg']);
    expect(tree.leftOut).toEqual([]);
  });

  test('include those behind links, but no folder twice within itself', async () => {
    const folder = await temporaryFolder();
    await writeTree(folder, { 'real/1.jpg': '1', 'dataset/a/2.jpg': '2' });
    await symlink(join(folder, 'real'), join(folder, 'dataset/b'));
    await symlink(join(folder, 'dataset'), join(folder, 'dataset/a/loop'));
    await symlink('nowhere', join(folder, 'dataset/dangling'));
    expect((await walkFolder(join(folder, 'dataset'))).paths).toEqual(['a/2.jpg', 'b/1.jpg']);
  });

  test('have another version when one is added, removed or changed', async () => {
    const folder = await temporaryFolder();
    await writeTree(folder, files);
    const version = async () => (await walkFolder(folder)).version;
    const versions = [await version(), await version()];
    await writeFile(join(folder, 'b/1.jpg'), 'uno');
    versions.push(await version());
    await writeFile(join(folder, 'b/4.jpg'), 'four');
    versions.push(await version());
    await rm(join(folder, 'c/3.jpg'));
    versions.push(await version());
    expect(versions[1]).toBe(versions[0]);
    expect(new Set(versions).size).toBe(4);
  });

  test('do not include those of archives that cannot hold wanted files', async () => {
    const tree = await openTree(
      { 'train.tar': await tarOf({ '1.jpg': '1' }), 'boxes.tar': Buffer.from('no archive at all') },
      (archive) => archive !== 'boxes.tar',
    );
    expect(tree.paths).toEqual(['train/1.jpg']);
  });
});

describe('unreadable files are reported', () => {
  test.each<[string, () => Promise<Tree>, string]>([
    [
      'another kind of archive',
      () => Promise.resolve({ 'Concrete.rar': 'Rar!' }),
      'Concrete.rar is an archive in an unsupported format: unpack it there',
    ],
    [
      'a download that was not finished',
      () => Promise.resolve({ 'a.zip.crdownload': 'PK' }),
      'a.zip.crdownload is an unfinished download',
    ],
    [
      'an archive in a compressed one',
      async () => ({ 'a.zip': await zipOf({ 'b.zip': await zipOf(files) }) }),
      'a/b.zip is inside another archive, where it cannot be read: unpack the outer one',
    ],
    [
      'an archive in a compressed tar',
      async () => ({ 'a.tar.gz': await gzippedTarOf({ 'b.tar': await tarOf(files) }) }),
      'a/b.tar is inside another archive, where it cannot be read: unpack the outer one',
    ],
    [
      'archives in archives without end',
      async () => {
        let nested = await tarOf({ '1.jpg': '1' });
        for (let level = 0; level < 4; level++) nested = await tarOf({ 'a.tar': nested });
        return { 'a.tar': nested };
      },
      'a/a/a/a.tar is inside another archive, where it cannot be read: unpack the outer one',
    ],
  ])('%s', async (_, form, problem) => {
    const tree = await openTree(await form());
    expect(tree.problems).toEqual([problem]);
    expect(tree.paths).toEqual([]);
  });

  test('a file that is too large, damaged or gone, and all others are read', async () => {
    const folder = await temporaryFolder();
    const zip = await zipOf({ 'bad.jpg': 'x'.repeat(100), 'good.jpg': 'good' }, { compress: false });
    zip[50] = 0x79;
    await writeTree(folder, {
      '1.jpg': '1',
      '2.jpg': '2',
      '3.jpg': '3',
      'huge.png.gz': gzipSync(Buffer.alloc(200 * 2 ** 20)),
      'z.zip': zip,
      'z2.tar': await tarOf({ 'cut.jpg': Buffer.alloc(2000) }),
    });
    await truncate(join(folder, '3.jpg'), 129 * 2 ** 20);
    const tree = await FileTree.open(await walkFolder(folder));
    await rm(join(folder, '2.jpg'));
    await truncate(join(folder, 'z2.tar'), 1024);
    expect(await contentsOf(tree)).toEqual({
      '1.jpg': '1',
      '2.jpg': 'it cannot be read (ENOENT)',
      '3.jpg': 'it must have at most 134217728 bytes, got 135266304',
      'huge.png': 'it must have at most 134217728 bytes when decompressed',
      'z/bad.jpg': 'it is damaged: its checksum differs from the one in the archive',
      'z/good.jpg': 'good',
      'z2/cut.jpg': expect.stringContaining('z2.tar ends too early, at byte 1024') as string,
    });
  });
});

test('many problems are listed in part, with the number of the others', async () => {
  const tree = await openTree(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`${i}.rar`, 'x'])));
  expect(tree.problems).toHaveLength(21);
  expect(tree.problems.at(-1)).toBe('and 10 more');
});

describe('hostile archives', () => {
  const named = {
    '/etc/passwd.jpg': 'x',
    '../../up.jpg': 'x',
    'a/../../up.jpg': 'x',
    'line\nbreak.jpg': 'x',
    'ok/<b>.jpg': 'ok',
  };
  const others = [
    { name: 'link.jpg', type: 'symlink', linkname: '/etc/passwd' },
    { name: 'hard.jpg', type: 'link', linkname: 'ok/<b>.jpg' },
    { name: 'device.jpg', type: 'character-device' },
    { name: 'pipe.jpg', type: 'fifo' },
  ] as const;

  test.each([
    ['a.tar', tarOf],
    ['a.tar.gz', gzippedTarOf],
  ])(
    '%s: members with names that lead elsewhere, links, devices and pipes are left out and counted',
    async (name, pack) => {
      const tree = await openTree({ [name]: await pack(named, others) });
      expect(await contentsOf(tree)).toEqual({ 'a/ok/<b>.jpg': 'ok' });
      expect(tree.leftOut).toEqual([
        { reason: 'links, devices and other members that are not files', images: 4 },
        { reason: 'unsafe names: absolute, leading out of the folder, or with control characters', images: 4 },
      ]);
    },
  );

  test('a zip with such names gives its other members too', async () => {
    // The names are put into the bytes: no library writes them.
    const bytes = await zipOf({ 'aa/aa.jpg': 'x', 'bb/bb.jpg': 'x', 'cc.jpg': 'ok' });
    const text = bytes.toString('latin1').replaceAll('aa/aa.jpg', '../aa.jpg').replaceAll('bb/bb.jpg', '/etc/b.jp');
    const tree = await openTree({ 'a.zip': Buffer.from(text, 'latin1') });
    expect(await contentsOf(tree)).toEqual({ 'a/cc.jpg': 'ok' });
    expect(tree.leftOut.map(({ images }) => images)).toEqual([2]);
  });

  test('300,000 tiny members of a tar are listed in 128 MiB of heap', async () => {
    const path = join(await temporaryFolder(), 'tiny.tar');
    const names = Array.from({ length: 300_000 }, (_, i) => `class-00/${String(i).padStart(7, '0')}.jpg`);
    await writeFile(path, tarOfEmptyFiles(names));
    const script = `
      import { FileTree } from ${JSON.stringify(new URL('../../../../lib/datasets/archives/file-tree.ts', import.meta.url).href)};
      import { loneFile } from ${JSON.stringify(new URL('../../../../lib/datasets/archives/walk-folder.ts', import.meta.url).href)};
      const tree = await FileTree.open(await loneFile(${JSON.stringify(path)}));
      console.log(tree.paths.length, tree.paths.at(-1));`;
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--max-old-space-size=128',
      '--import',
      'tsx',
      '--input-type=module',
      '--eval',
      script,
    ]);
    expect(stdout.trim()).toBe('300000 tiny/class-00/0299999.jpg');
  });
});

describe('reading', () => {
  test('gives files in the order asked for, more than are read at the same time', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [`${String(i).padStart(3, '0')}.jpg`, `${i}`]),
    );
    const tree = await openTree({ 'a.tar': await tarOf(many), ...within('b', many) });
    const rows = [...tree.paths.keys()].reverse();
    const read = [];
    for await (const file of tree.contents(rows)) read.push('bytes' in file && file.bytes.toString());
    expect(read).toEqual([...Object.values(many), ...Object.values(many)].reverse());
  });

  test('a compressed tar gives some of its files in their order, and refuses another order', async () => {
    const tree = await openTree({ 'a.tar.gz': await gzippedTarOf(files) });
    expect(tree.isInStream(0)).toBe(true);
    expect(await contentsOf(tree, [0, 2])).toEqual({ 'a/b/1.jpg': 'one', 'a/c/3.jpg': 'three' });
    await expect(contentsOf(tree, [2, 0])).rejects.toThrow('files of a compressed tar must be read in their order');
  });

  test('can end early, and leaves nothing behind', async () => {
    const tree = await openTree({ 'a.tar.gz': await gzippedTarOf(files), ...within('b', files) });
    for await (const { row } of tree.contents([...tree.paths.keys()])) if (row === 0) break;
    for await (const file of tree.contents([3, 4, 5])) if (file.row === 3) break;
    expect(Object.keys(await contentsOf(tree))).toHaveLength(6);
  });

  test('can be told to stop', async () => {
    const tree = await openTree({ 'a.tar.gz': await gzippedTarOf(files), ...within('b', files) });
    const reason = new Error('enough');
    for (const rows of [[0], [3]])
      await expect(tree.contents(rows, { signal: AbortSignal.abort(reason) }).next()).rejects.toBe(reason);
  });

  test('annotations are had by their row, from a compressed tar too', async () => {
    const tree = await openTree({ 'a.tar.gz': await gzippedTarOf({ 'x.csv': 'a,b', 'large.bin': 'c' }), 'b.csv': 'd' });
    const texts = await Promise.all(tree.paths.map(async (_, row) => (await tree.read(row)).toString()));
    expect(texts).toEqual(['a,b', 'c', 'd']);
  });
});
