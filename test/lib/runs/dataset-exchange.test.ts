import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { openPreparedDataset } from '../../../lib/datasets/prepared-dataset.ts';
import { prepareDataset } from '../../../lib/datasets/prepare-dataset.ts';
import { datasetSelectionSchema } from '../../../lib/datasets/selection.ts';
import { DatasetCache } from '../../../lib/runs/dataset-cache.ts';
import { fetchDataset, publishDataset } from '../../../lib/runs/dataset-exchange.ts';
import { imageDataset, noisyImages } from '../datasets/image-dataset.ts';
import { MemoryStore } from '../../memory-store.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

/** A store that counts what is read and written, and fails where it is told to. */
class WatchedStore extends MemoryStore {
  readonly read: string[] = [];
  readonly written: string[] = [];
  failsAt: RegExp | undefined;

  override get(name: string): Promise<Buffer | undefined> {
    this.read.push(name);
    if (this.failsAt?.test(name)) return Promise.reject(new Error('the network failed'));
    return super.get(name);
  }

  override putFile(name: string, path: string): Promise<void> {
    this.written.push(name);
    if (this.failsAt?.test(name)) return Promise.reject(new Error('the network failed'));
    return super.putFile(name, path);
  }
}

let store: WatchedStore;
/** Where it was prepared. */
let there: { directory: string; digest: string };
/** Of the machine that it is to come to. */
let cache: DatasetCache;
let notices: string[];

const selection = datasetSelectionSchema.parse({ dataset: 'images', fit: 'short-side', trainingImages: 20 });
const entry = imageDataset(noisyImages({ train: 40, test: 10 }));
const prepared = async (own: object = {}) => {
  const options = { seed: 0, directory: await temporaryFolder(), entry, shardBytes: 20_000 };
  const { directory, manifest } = await prepareDataset({ ...selection, ...own }, options);
  return { directory, digest: manifest.digest };
};

beforeEach(async () => {
  store = new WatchedStore();
  there = await prepared();
  cache = new DatasetCache(await temporaryFolder(), 1e9);
  notices = [];
});

const fetch = () => fetchDataset(store, there.digest, { cache, onNotice: (notice) => notices.push(notice) });
const pixelsOf = async (directory: string) => (await openPreparedDataset(directory)).pixels('train');
const files = (pattern: RegExp) => [...store.artifacts.keys()].filter((name) => pattern.test(name)).sort();
/** Where a file of the store lies on this machine. */
const here = (name: string) => join(cache.directory, name.replace('prepared/', ''));
const shards = () => files(/shard-\d+/);

async function damage(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[5]! ^= 1;
  await writeFile(path, bytes);
}

test('a dataset that was never published is not in the store', async () => {
  expect(await fetch()).toBeUndefined();
});

test('a published dataset reaches another machine with the same pixels, and is read from the store once', async () => {
  await publishDataset(store, there.directory);
  expect(shards().length).toBeGreaterThan(2);
  const directory = await fetch();
  expect(await pixelsOf(directory!)).toEqual(await pixelsOf(there.directory));
  store.read.length = 0;
  expect(await fetch()).toBe(directory);
  expect(store.read.filter((name) => /shard|hashes/.test(name))).toEqual([]);
  expect(notices).toEqual([]);
});

test('datasets that share images have them once in the store and once on a machine', async () => {
  await publishDataset(store, there.directory);
  const before = shards();
  const other = await prepared({ trainingImages: 10 });
  await publishDataset(store, other.directory);
  expect(other.digest).not.toBe(there.digest);
  expect(shards()).toEqual(before);
});

test('an interrupted publication is not visible yet, and continues where it stopped', async () => {
  store.failsAt = /shard-00002/;
  await expect(publishDataset(store, there.directory)).rejects.toThrow('the network failed');
  expect(await fetch()).toBeUndefined();
  const before = shards();
  expect(before.length).toBeGreaterThan(0);
  store.failsAt = undefined;
  store.written.length = 0;
  await publishDataset(store, there.directory);
  expect(store.written.filter((name) => before.includes(name))).toEqual([]);
  expect(await pixelsOf((await fetch())!)).toEqual(await pixelsOf(there.directory));
});

test('images that were removed from the store because they were damaged are published again', async () => {
  await publishDataset(store, there.directory);
  for (const name of files(/^prepared\/images/)) store.artifacts.delete(name);
  await publishDataset(store, there.directory);
  expect(await pixelsOf((await fetch())!)).toEqual(await pixelsOf(there.directory));
});

test('an interrupted fetch continues where it stopped', async () => {
  await publishDataset(store, there.directory);
  const last = shards().at(-1)!;
  store.failsAt = new RegExp(last);
  await expect(fetch()).rejects.toThrow('the network failed');
  store.failsAt = undefined;
  store.read.length = 0;
  expect(await pixelsOf((await fetch())!)).toEqual(await pixelsOf(there.directory));
  expect(store.read.filter((name) => /shard|hashes/.test(name))).toEqual([last]);
});

test.each([
  ['a shard', /shard-00001/, true],
  ['a table', /labels\.bin/, false],
  ['a view', /train\.bin/, false],
])('%s that is damaged or missing on this machine is fetched again', async (_what, pattern, isNamed) => {
  await publishDataset(store, there.directory);
  const directory = (await fetch())!;
  const [name] = files(pattern);
  await damage(here(name!));
  await fetch();
  expect(notices.some((notice) => notice.includes(`${here(name!)} of images is damaged`))).toBe(isNamed);
  expect(await pixelsOf(directory)).toEqual(await pixelsOf(there.directory));
  await rm(here(name!));
  await fetch();
  expect(await pixelsOf(directory)).toEqual(await pixelsOf(there.directory));
});

describe('a damaged file in the store is refused by name', () => {
  test.each([/shard-00001/, /labels\.bin/, /hashes\.bin/, /train\.bin/])('%s', async (pattern) => {
    await publishDataset(store, there.directory);
    const [name] = files(pattern);
    store.artifacts.get(name!)![5]! ^= 1;
    await expect(fetch()).rejects.toThrow(new RegExp(`${name}.* (is damaged|is not what was prepared)`));
  });

  test.each([/shard-00001/, /labels\.bin/, /test\.bin/])('%s, if it is missing', async (pattern) => {
    await publishDataset(store, there.directory);
    const [name] = files(pattern);
    store.artifacts.delete(name!);
    await expect(fetch()).rejects.toThrow(`${name} is not in memory`);
  });

  test.each([
    ['another digest', (manifest: Manifest) => ({ ...manifest, digest: '0'.repeat(64) })],
    [
      'images elsewhere',
      (manifest: Manifest) => ({ ...manifest, parent: { ...manifest.parent, directory: '../../../etc' } }),
    ],
    ['other classes', (manifest: Manifest) => ({ ...manifest, parent: { ...manifest.parent, labels: [1, 0] } })],
  ])('a manifest with %s', async (_what, change) => {
    await publishDataset(store, there.directory);
    const [name] = files(/views.*manifest/);
    const manifest = JSON.parse(store.artifacts.get(name!)!.toString()) as Manifest;
    await store.put(name!, JSON.stringify(change(manifest)));
    await expect(fetch()).rejects.toThrow(/must have (data with|the) digest/);
  });
});

interface Manifest {
  parent: object;
}
