import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatasetManifest } from '../../datasets/manifest.ts';
import { prepareDataset } from '../../datasets/prepare-dataset.ts';
import { openPreparedDataset } from '../../datasets/prepared-dataset.ts';
import { datasetSelectionSchema } from '../../datasets/selection.ts';
import { cycling, syntheticDataset } from './synthetic-dataset.ts';

let folder: string;
let directory: string;
let manifest: DatasetManifest;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prepared-'));
  const entry = syntheticDataset({ trainLabels: cycling(50, 2), testLabels: cycling(10, 2), classes: 2 });
  const selection = datasetSelectionSchema.parse({ dataset: 'synthetic' });
  ({ directory, manifest } = await prepareDataset(selection, { seed: 0, directory: folder, entry }));
});
afterEach(() => rm(folder, { recursive: true }));

const trainShard = () => join(directory, manifest.splits.train.shards[0]!.file);

describe('gather', () => {
  it('gives the same bytes as pixels, for any indices in any order', async () => {
    const dataset = await openPreparedDataset(directory);
    const pixels = await dataset.pixels('train');
    const indices = [43, 0, 3, 3, 17];
    const gathered = await dataset.gather('train', indices);
    expect(Buffer.from(gathered)).toEqual(
      Buffer.concat(indices.map((index) => pixels.subarray(index * 16, (index + 1) * 16))),
    );
    expect(await dataset.gather('train', new Int32Array())).toHaveLength(0);
    await dataset.close();
  });

  it('refuses an index outside the split', async () => {
    const dataset = await openPreparedDataset(directory);
    await expect(dataset.gather('test', [0, 10])).rejects.toThrow('indices[1] must be an integer in [0, 10), got 10');
    await dataset.close();
  });
});

describe('a damaged dataset', () => {
  it('with a file cut short is refused when opened', async () => {
    await truncate(trainShard(), 100);
    await expect(openPreparedDataset(directory)).rejects.toThrow(`${trainShard()} must have 704 bytes, got 100`);
  });

  it('with a file missing is refused when opened', async () => {
    await rm(trainShard());
    await expect(openPreparedDataset(directory)).rejects.toThrow(`${trainShard()} must exist`);
  });

  it('with one bit flipped is refused when read, or when opened with verify', async () => {
    const bytes = await readFile(trainShard());
    bytes[300]! ^= 1;
    await writeFile(trainShard(), bytes);
    const dataset = await openPreparedDataset(directory);
    await expect(dataset.pixels('train')).rejects.toThrow(`${trainShard()} must have SHA-256`);
    expect(await dataset.labels('train')).toHaveLength(44);
    await expect(openPreparedDataset(directory, { verify: true })).rejects.toThrow(`${trainShard()} must have SHA-256`);
  });

  it('with a changed manifest is refused: the digest covers classes and checksums', async () => {
    const path = join(directory, 'manifest.json');
    await writeFile(path, JSON.stringify({ ...manifest, classes: ['cat', 'dog'] }));
    await expect(openPreparedDataset(directory)).rejects.toThrow(/digest must be [0-9a-f]{64}, got/);
    await writeFile(path, JSON.stringify({ ...manifest, channels: 7 }));
    await expect(openPreparedDataset(directory)).rejects.toThrow(/channels .*got 7/);
    await rm(path);
    await expect(openPreparedDataset(directory)).rejects.toThrow(`${path} must be the manifest of a prepared dataset`);
  });
});
