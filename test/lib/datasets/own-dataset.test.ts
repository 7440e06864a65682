import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ownDataset } from '../../../lib/datasets/own-dataset.ts';
import { ownSourceSchema } from '../../../lib/datasets/own-source.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { tarOf, writeTree, zipOf, type Tree } from './layouts/tree.ts';

async function ids(source: object, tree: Tree): Promise<readonly string[]> {
  const root = await temporaryFolder();
  await writeTree(root, tree);
  const location = await ownDataset('birds', ownSourceSchema.parse(source)).locate(root);
  return (await location.open()).images.ids;
}

const birds = { 'jay/1.jpg': '1', 'owl/2.jpg': '2' };

describe('a dataset of one’s own', () => {
  test.each<[string, () => Promise<Tree>]>([
    ['birds', () => Promise.resolve({ 'birds/jay/1.jpg': '1', 'birds/owl/2.jpg': '2' })],
    ['birds.zip', async () => ({ 'birds.zip': await zipOf(birds) })],
    ['birds.tar', async () => ({ 'birds.tar': await tarOf(birds) })],
    ['downloads/birds', async () => ({ 'downloads/birds/anything.zip': await zipOf(birds) })],
  ])('can be the folder or archive %s, below the data root', async (path, tree) => {
    expect(await ids({ kind: 'folder', path }, { ...(await tree()), 'other.txt': 'x' })).toEqual([
      'jay/1.jpg',
      'owl/2.jpg',
    ]);
  });

  test('can be a table with images beside it', async () => {
    const table = { kind: 'table', path: 'birds/labels.csv', imageColumn: 'file', labelColumn: 'bird' };
    expect(
      await ids(table, {
        'birds/labels.csv': 'file,bird\n1.jpg,jay\n2.jpg,owl',
        'birds/1.jpg': '1',
        'birds/2.jpg': '2',
      }),
    ).toEqual(['1.jpg', '2.jpg']);
  });

  test('can be given by its whole path', async () => {
    const folder = await temporaryFolder();
    await writeTree(folder, birds);
    const entry = ownDataset('birds', { kind: 'folder', path: folder, channels: 1 });
    const location = await entry.locate(undefined);
    expect(location.folder).toBe(folder);
    expect(entry).toMatchObject({ name: 'birds', channels: 1, imageSize: 256 });
  });

  test('that is empty or not there is missing', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'birds'));
    const locate = (path: string) => ownDataset('birds', { kind: 'folder', path, channels: 3 }).locate(root);
    await expect(locate('birds')).rejects.toThrow(`birds is missing: ${join(root, 'birds')} is empty`);
    await expect(locate('owls')).rejects.toThrow('birds is missing: source.path must exist, got owls');
  });

  test.each<[string, () => Promise<Tree>, string]>([
    [
      'an encrypted zip',
      async () => ({ 'birds/birds.zip': withFlags(await zipOf(birds), 1) }),
      'left out: members of zip archives that are encrypted (2)',
    ],
    [
      'images in a format that is not read',
      () => Promise.resolve({ 'birds/jay/1.heic': '1', 'birds/owl/2.HEIC': '2' }),
      'left out: images in a format that is not read: .heic (2)',
    ],
    [
      'an archive in a format that is not read',
      () => Promise.resolve({ 'birds/birds.rar': 'Rar!' }),
      'birds.rar is an archive in an unsupported format: unpack it there',
    ],
    [
      'names that lead out of it',
      async () => ({ 'birds/birds.tar': await tarOf({ '../1.jpg': '1' }) }),
      'unsafe names',
    ],
  ])('of which nothing is read, since it has %s, says so', async (_what, tree, reason) => {
    await expect(ids({ kind: 'folder', path: 'birds' }, await tree())).rejects.toThrow(reason);
  });

  test('whose table lists only images that are not there says which are nearly the same', async () => {
    const table = { kind: 'table', path: 'birds/labels.csv', imageColumn: 'file', labelColumn: 'bird' };
    const tree = { 'birds/labels.csv': 'file,bird\n1,jay\n2,owl', 'birds/0001.jpg': '1', 'birds/0002.jpg': '2' };
    await expect(ids(table, tree)).rejects.toThrow(
      "has none of the dataset's images: it must contain the images that the table lists; 2 images listed by labels.csv are missing: " +
        '1 (there is 0001.jpg), 2 (there is 0002.jpg); left out: images that labels.csv does not list (2)',
    );
  });
});

/** A zip with flags set in all entries of its directory. */
function withFlags(zip: Buffer, flags: number): Buffer {
  for (let at = zip.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = zip.indexOf('PK\x01\x02', at + 1, 'latin1'))
    zip.writeUInt16LE(zip.readUInt16LE(at + 8) | flags, at + 8);
  return zip;
}
