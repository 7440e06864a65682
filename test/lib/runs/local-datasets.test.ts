import { readFile, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { openPreparedDataset } from '../../../lib/datasets/prepared-dataset.ts';
import { datasetSelectionSchema, type DatasetSelection } from '../../../lib/datasets/selection.ts';
import { UnreadableDatasetError } from '../../../lib/runs/dataset-cache.ts';
import { LocalDatasets, type LocalDatasetsOptions } from '../../../lib/runs/local-datasets.ts';
import { writeDatasetDocument } from '../../../lib/study/documents/dataset-document.ts';
import { png } from '../datasets/layouts/images.ts';
import { writeTree } from '../datasets/layouts/tree.ts';
import { MemoryStore } from '../../memory-store.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

/** A store that counts what is read. */
class WatchedStore extends MemoryStore {
  readonly read: string[] = [];
  onRead: (name: string) => void = () => {};

  override get(name: string): Promise<Buffer | undefined> {
    this.read.push(name);
    this.onRead(name);
    return super.get(name);
  }
}

const names = ['birds', 'cats', 'dogs'] as const;
type Name = (typeof names)[number];

let store: WatchedStore;
let dataRoot: string;
let digests: Record<Name, string>;

const selectionOf = (name: Name): DatasetSelection =>
  datasetSelectionSchema.parse({ dataset: name, source: { kind: 'folder', path: name }, imageSize: 24 });

/** Datasets of 20 images each, which take as much. */
async function download(): Promise<string> {
  const tree: Record<string, Buffer> = {};
  for (const [number, name] of names.entries())
    for (let image = 0; image < 20; image++) {
      const label = image % 2;
      tree[`${name}/c${label}/${image}.png`] = await png(label, image + 20 * number, { width: 24, height: 24 });
    }
  const folder = await temporaryFolder();
  await writeTree(folder, tree);
  return folder;
}

const machine = async (options: Partial<LocalDatasetsOptions> = {}) =>
  new LocalDatasets({ store, work: await temporaryFolder(), isStoreShared: true, ...options });

/** The pixels of a dataset as a machine reads them. */
const pixelsOn = (datasets: LocalDatasets, name: Name, notices: string[] = []) =>
  datasets.use(
    digests[name],
    async ({ directory }) => Buffer.from(await (await openPreparedDataset(directory)).pixels('train')),
    { onNotice: (notice) => void notices.push(notice) },
  );

const shardsRead = () => store.read.filter((name) => name.includes('shard')).length;

/** Folders of images that a machine has. */
const kept = async (work: string) =>
  (await readdir(join(work, 'datasets', 'images'))).filter((name) => !name.endsWith('.lock'));

/** Changes a byte of every shard of a machine, in files that seem not to have been written to. */
async function rot(work: string): Promise<string[]> {
  const shards: string[] = [];
  for (const name of await kept(work)) {
    const path = join(work, 'datasets', 'images', name, 'shard-00000.bin');
    const { atime, mtime } = await stat(path);
    const bytes = await readFile(path);
    bytes[7]! ^= 1;
    await writeFile(path, bytes);
    await utimes(path, atime, mtime);
    shards.push(path);
  }
  return shards;
}

/** Bytes that one of the datasets takes. */
let size: number;

beforeEach(async () => {
  store = new WatchedStore();
  dataRoot = await download();
  const work = await temporaryFolder();
  const preparing = await machine({ work, dataRoot });
  const manifests = await Promise.all(
    names.map(async (name) => {
      const { manifest } = await preparing.prepare(selectionOf(name), 0);
      await writeDatasetDocument(store, { selection: selectionOf(name), seed: 0, manifest });
      return [name, manifest.digest] as const;
    }),
  );
  digests = Object.fromEntries(manifests) as Record<Name, string>;
  const [folder] = await kept(work);
  const files = await readdir(join(work, 'datasets', 'images', folder!), { recursive: true, withFileTypes: true });
  const sizes = files.filter((file) => file.isFile()).map(({ parentPath, name }) => stat(join(parentPath, name)));
  size = (await Promise.all(sizes)).reduce((sum, file) => sum + file.size, 0);
});

describe('a machine without the download', () => {
  test('reads what another one has prepared, to the bit', async () => {
    const [reading, preparing] = [await machine(), await machine({ dataRoot, isStoreShared: false })];
    expect(await pixelsOn(reading, 'birds')).toEqual(await pixelsOn(preparing, 'birds'));
  });

  test('fetches a dataset once, however many slots and processes request it', async () => {
    const work = await temporaryFolder();
    const processes = [await machine({ work }), await machine({ work })];
    await Promise.all([...processes, ...processes].map((process) => pixelsOn(process, 'birds')));
    expect(shardsRead()).toBe(1);
  });

  test('gives up waiting for a dataset on request, and fetches it when asked again', async () => {
    const reading = await machine();
    const abort = new AbortController();
    store.onRead = (name) => {
      if (name.includes('shard')) abort.abort(new Error('the worker stops'));
    };
    const given = reading.use(digests.birds, () => Promise.resolve('read'), { signal: abort.signal });
    await expect(given).rejects.toThrow('the worker stops');
    store.onRead = () => {};
    expect(await reading.use(digests.birds, () => Promise.resolve('read'))).toBe('read');
  });

  test('cannot read what nobody has published, and says why', async () => {
    for (const name of store.artifacts.keys()) if (name.startsWith('prepared/')) store.artifacts.delete(name);
    const reading = pixelsOn(await machine({ dataRoot: await temporaryFolder() }), 'birds');
    await expect(reading).rejects.toThrow(UnreadableDatasetError);
    await expect(reading).rejects.toThrow(
      /cannot read birds: memory does not have its prepared form; birds is missing: source.path must exist/,
    );
  });

  test('repairs a silently damaged shard once a training has found it, and names it', async () => {
    const work = await temporaryFolder();
    const reading = await machine({ work });
    const before = await pixelsOn(reading, 'birds');
    const [shard] = await rot(work);
    await expect(pixelsOn(reading, 'birds')).rejects.toThrow(`${shard!} is damaged`);
    expect(await reading.findDamage(digests.birds, { isSuspect: true })).toBe(`${shard!} is damaged`);
    const notices: string[] = [];
    expect(await pixelsOn(reading, 'birds', notices)).toEqual(before);
    expect(notices).toEqual([`${shard!} of birds is damaged and is fetched again`]);
  });

  test('cannot read a dataset that is damaged in the store, but one with the download can', async () => {
    const shard = [...store.artifacts.keys()].find((name) => /shard/.test(name))!;
    for (const [name, content] of store.artifacts) if (/shard/.test(name)) content[7]! ^= 1;
    await expect(pixelsOn(await machine(), 'birds')).rejects.toThrow('birds is damaged in the store');
    expect(shard).toMatch(/^prepared\/images/);
    expect((await pixelsOn(await machine({ dataRoot }), 'birds')).length).toBeGreaterThan(0);
  });
});

test('a damaged dataset that was prepared here is prepared again from the download', async () => {
  const work = await temporaryFolder();
  const preparing = await machine({ work, dataRoot });
  await preparing.prepare(selectionOf('birds'), 0);
  const before = await pixelsOn(preparing, 'birds');
  const [shard] = await rot(work);
  expect(await preparing.findDamage(digests.birds, { isSuspect: true })).toBe(`${shard!} is damaged`);
  const notices: string[] = [];
  expect(await pixelsOn(preparing, 'birds', notices)).toEqual(before);
  expect(notices).toEqual([`${shard!} was damaged and has been rebuilt`]);
  expect(shardsRead()).toBe(0);
});

describe('the limit of what prepared datasets may take', () => {
  test('evicts the least recently used one', async () => {
    const datasets = await machine({ dataCache: 2.5 * size });
    for (const name of ['birds', 'cats', 'birds', 'dogs'] as const) await pixelsOn(datasets, name);
    expect(shardsRead()).toBe(3);
    await pixelsOn(datasets, 'birds');
    expect(shardsRead()).toBe(3);
    await pixelsOn(datasets, 'cats');
    expect(shardsRead()).toBe(4);
  });

  test('counts what was prepared here, too', async () => {
    const work = await temporaryFolder();
    const datasets = await machine({ work, dataRoot, dataCache: 2.5 * size });
    for (const name of names) await datasets.prepare(selectionOf(name), 0);
    expect(await kept(work)).toHaveLength(2);
    await pixelsOn(datasets, 'birds');
    expect(await kept(work)).toHaveLength(2);
    expect(await readdir(join(work, 'datasets', 'views'))).toHaveLength(2);
  });

  test('never evicts one that any process is using: a dataset without room is left to other machines', async () => {
    const work = await temporaryFolder();
    const [datasets, others] = [await machine({ work, dataCache: 1.5 * size }), await machine({ work })];
    await others.use(digests.birds, async ({ directory }) => {
      const reading = pixelsOn(datasets, 'cats');
      await expect(reading).rejects.toThrow(UnreadableDatasetError);
      await expect(reading).rejects.toThrow(/^cats takes \S+ GB, and there is room for \S+ GB .*: raise --data-cache/);
      await openPreparedDataset(directory);
    });
    await pixelsOn(datasets, 'cats');
    expect(await kept(work)).toHaveLength(1);
  });

  test('refuses a larger dataset, and evicts nothing for it', async () => {
    const work = await temporaryFolder();
    await pixelsOn(await machine({ work }), 'birds');
    await expect(pixelsOn(await machine({ work, dataCache: 0.5 * size }), 'cats')).rejects.toThrow(
      'raise --data-cache',
    );
    expect(await kept(work)).toHaveLength(1);
  });
});
