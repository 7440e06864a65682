import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { openPreparedDataset } from '../../datasets/prepared-dataset.ts';
import { prepareDataset } from '../../datasets/prepare-dataset.ts';
import { datasetSelectionSchema } from '../../datasets/selection.ts';
import { adoptDataset, preparedFiles } from '../../datasets/transfer.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { imageDataset, noisyImages } from './image-dataset.ts';

let there: { root: string; directory: string };
/** Where the dataset is to come to. */
let here: string;

beforeEach(async () => {
  const root = await temporaryFolder();
  const selection = datasetSelectionSchema.parse({ dataset: 'images', fit: 'short-side', trainingImages: 20 });
  const entry = imageDataset(noisyImages({ train: 40, test: 10 }));
  const { directory } = await prepareDataset(selection, { seed: 0, directory: root, entry, shardBytes: 20_000 });
  there = { root, directory };
  here = await temporaryFolder();
});

/** Copies the files; returns the dataset's folder. */
async function brought(): Promise<string> {
  for (const { path } of await preparedFiles(there.directory)) {
    await mkdir(dirname(join(here, path)), { recursive: true });
    await cp(join(there.root, path), join(here, path));
  }
  return join(here, relative(there.root, there.directory));
}

test('the files of a prepared dataset are all that another machine needs', async () => {
  const directory = await brought();
  const manifest = await adoptDataset(directory);
  const [ours, theirs] = await Promise.all([directory, there.directory].map(openPreparedDataset));
  expect(manifest).toEqual(theirs!.manifest);
  expect(await ours!.pixels('train')).toEqual(await theirs!.pixels('train'));
});

test('files are told with their sizes, and stay inside the folder', async () => {
  for (const { path, bytes } of await preparedFiles(there.directory)) {
    expect(path).toMatch(/^(images|views)\/[a-z0-9-]+\/[a-z0-9.-]+$/);
    expect((await readFile(join(there.root, path))).length, path).toBe(bytes);
  }
});

describe('what came damaged is refused', () => {
  test('a shard, by its name', async () => {
    const directory = await brought();
    const shard = (await preparedFiles(there.directory)).find(({ path }) => path.includes('shard-00001'))!;
    const bytes = await readFile(join(here, shard.path));
    bytes[5]! ^= 1;
    await writeFile(join(here, shard.path), bytes);
    await expect(adoptDataset(directory)).rejects.toThrow(`${resolve(here, shard.path)} is damaged`);
  });

  test.each(['labels.bin', 'hashes.bin', 'train.bin'])('%s that is missing', async (name) => {
    const directory = await brought();
    const { path } = (await preparedFiles(there.directory)).find((file) => file.path.endsWith(name))!;
    await rm(join(here, path));
    await expect(adoptDataset(directory)).rejects.toThrow(`${name} must exist`);
  });

  test('a manifest that tells another digest, or other classes', async () => {
    const directory = await brought();
    const path = join(directory, 'manifest.json');
    const manifest = JSON.parse(await readFile(path, 'utf8')) as { parent: object };
    await writeFile(path, JSON.stringify({ ...manifest, digest: '0'.repeat(64) }));
    await expect(adoptDataset(directory)).rejects.toThrow(`must have data with digest ${'0'.repeat(64)}`);
    await writeFile(path, JSON.stringify({ ...manifest, parent: { ...manifest.parent, labels: [1, 0] } }));
    await expect(adoptDataset(directory)).rejects.toThrow('must have data with digest');
  });
});
