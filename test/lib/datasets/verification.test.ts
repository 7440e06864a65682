import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { prepareDataset } from '../../../lib/datasets/prepare-dataset.ts';
import { datasetSelectionSchema } from '../../../lib/datasets/selection.ts';
import { StoredImages } from '../../../lib/datasets/shards/stored-images.ts';
import { damagedShards } from '../../../lib/datasets/shards/verification.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { syntheticDataset } from './synthetic-dataset.ts';

let folder: string;
beforeEach(async () => {
  const root = await temporaryFolder();
  const labels = Array.from({ length: 120 }, (_, index) => index % 4);
  const entry = syntheticDataset({ trainLabels: labels, testLabels: labels.slice(0, 20), classes: 4 });
  const selection = datasetSelectionSchema.parse({ dataset: 'synthetic' });
  await prepareDataset(selection, { seed: 0, directory: root, entry, shardBytes: 1000 });
  folder = join(root, 'images', (await readdir(join(root, 'images')))[0]!);
});

/** What a check finds, and how many shards it reads. */
async function check(directory: string): Promise<{ damaged: number[]; read: number }> {
  const images = await StoredImages.open(directory, { tolerant: true });
  const read = vi.spyOn(images, 'read');
  return { damaged: await damagedShards(images), read: read.mock.calls.length };
}

test('files that were found intact are not read again, under whatever name the machine has and wherever the folder lies', async () => {
  expect(await check(folder)).toEqual({ damaged: [], read: 0 });
  expect((await readdir(folder)).filter((name) => name.startsWith('verified'))).toEqual(['verified.json']);
  await rename(folder, `${folder}-moved`);
  expect(await check(`${folder}-moved`)).toEqual({ damaged: [], read: 0 });
  await rm(join(`${folder}-moved`, 'verified.json'));
  const { damaged, read } = await check(`${folder}-moved`);
  expect(damaged).toEqual([]);
  expect(read).toBeGreaterThan(1);
});

test('a copy is read again, even if it has the sizes and times of the original', async () => {
  const copy = join(await temporaryFolder(), 'copy');
  await cp(folder, copy, { recursive: true, preserveTimestamps: true });
  const shard = join(copy, 'shard-00001.bin');
  const bytes = await readFile(shard);
  bytes[7]! ^= 1;
  await writeFile(shard, bytes);
  await cp(join(folder, 'verified.json'), join(copy, 'verified.json'));
  const { damaged, read } = await check(copy);
  expect(damaged).toEqual([1]);
  expect(read).toBeGreaterThan(1);
});
