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
});
