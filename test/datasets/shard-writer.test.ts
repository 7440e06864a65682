import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { datasetDigest, openPreparedDataset } from '../../datasets/prepared-dataset.ts';
import { ShardWriter } from '../../datasets/shard-writer.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shards-'));
});
afterEach(() => rm(folder, { recursive: true }));

const image = (value: number) => Uint8Array.from([value, value + 1, value + 2, value + 3]);

async function writeSplit(split: 'train' | 'validation' | 'test', images: number, shardBytes: number) {
  const writer = new ShardWriter(folder, split, 4, shardBytes);
  for (let i = 0; i < images; i++) await writer.add(image(i), i * 300);
  return writer.finish();
}

it('shards hold whole images, in order, up to their size', async () => {
  const { images, shards } = await writeSplit('train', 7, 15);
  expect(images).toBe(7);
  expect(shards.map((shard) => shard.images)).toEqual([3, 3, 1]);
  const bytes = await Promise.all(shards.map(({ file }) => readFile(join(folder, file))));
  expect([...Buffer.concat(bytes)]).toEqual(Array.from({ length: 7 }, (_, i) => [...image(i)]).flat());
});

it('an image larger than a shard has a shard of its own', async () => {
  expect((await writeSplit('train', 2, 3)).shards.map((shard) => shard.images)).toEqual([1, 1]);
});

it('labels are little-endian uint16', async () => {
  const { labels } = await writeSplit('test', 3, 15);
  expect([...(await readFile(join(folder, labels.file)))]).toEqual([0, 0, 300 & 255, 300 >> 8, 600 & 255, 600 >> 8]);
});

it('an empty split has no shard', async () => {
  const { images, shards } = await writeSplit('validation', 0, 15);
  expect({ images, shards }).toEqual({ images: 0, shards: [] });
  expect(await readdir(folder)).toEqual(['validation-labels.bin']);
});

it('a prepared dataset gathers across shards', async () => {
  const splits = {
    train: await writeSplit('train', 7, 9),
    validation: await writeSplit('validation', 0, 9),
    test: await writeSplit('test', 1, 9),
  };
  const data = { classes: ['a', 'b'], imageSize: 2, channels: 1, splits };
  const manifest = {
    format: 1,
    label: 'sharded',
    digest: datasetDigest(data),
    ...data,
    normalization: { mean: [0], std: [1] },
    pca: { eigenvalues: [1], eigenvectors: [[1]] },
  };
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
  const dataset = await openPreparedDataset(folder, { verify: true });
  expect([...(await dataset.gather('train', [6, 2, 3]))]).toEqual([...image(6), ...image(2), ...image(3)]);
  expect(await dataset.pixels('train')).toHaveLength(28);
  expect(await dataset.pixels('validation')).toHaveLength(0);
  await dataset.close();
});
