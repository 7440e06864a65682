import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { concurrently } from '../core/concurrently.ts';
import { ArtifactError } from '../core/errors.ts';
import { parseJsonWith } from '../core/validation.ts';
import { manifestSchema, type CheckedFile, type DatasetManifest } from '../datasets/manifest.ts';
import { readManifest } from '../datasets/prepared-dataset.ts';
import { bytesOf, imagesManifestSchema, manifestFile, tablesOf } from '../datasets/shards/images-manifest.ts';
import { exists } from '../datasets/shards/store-images.ts';
import { StoredImages } from '../datasets/shards/stored-images.ts';
import { damagedShards } from '../datasets/shards/verification.ts';
import { adoptDataset, imagesName, onImages } from '../datasets/transfer.ts';
import { folders, positionFiles } from '../datasets/views/write-view.ts';
import { writeFileAtomically } from '../core/files/atomic-write.ts';
import { withLock } from '../core/files/lock.ts';
import { writeWholeFolder } from '../core/files/whole-folder.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import type { DatasetCache } from './dataset-cache.ts';

/**
 * Prepared datasets in the store: images named by their content, and views on them by their digests, in folders arranged as on a machine. A
 * folder is complete once it has its manifest, which is written last.
 */
const stored = {
  images: (name: string) => `prepared/${folders.images}/${name}/`,
  view: (digest: string) => `prepared/${folders.views}/${digest}/`,
};

/** Number of a dataset's files, of up to 64 MiB each, that are transferred at the same time. */
const filesAtOnce = 4;

/** Number of times that a shard is fetched if it arrives damaged. */
const mostFetches = 2;

/** Puts a prepared dataset into the store unless it is there; the files that an interrupted call has stored are kept. */
export async function publishDataset(store: ArtifactStore, directory: string, signal?: AbortSignal): Promise<void> {
  const manifest = await readManifest(directory);
  const images = await StoredImages.open(join(directory, manifest.parent.directory));
  const name = imagesName(images.manifest);
  const folder = stored.images(name);
  if (!(await store.has(folder + manifestFile))) {
    await concurrently([...images.manifest.shards, ...tablesOf(images.manifest)], filesAtOnce, async ({ file }) => {
      signal?.throwIfAborted();
      if (!(await store.has(folder + file))) await store.putFile(folder + file, join(images.directory, file));
    });
    await store.create(folder + manifestFile, await readFile(join(images.directory, manifestFile)));
  }
  const view = stored.view(manifest.digest);
  if (await store.has(view + manifestFile)) return;
  for (const { file } of Object.values(positionFiles(manifest)))
    await store.putFile(view + file, join(directory, file));
  await store.create(view + manifestFile, `${JSON.stringify(onImages(manifest, name), undefined, 2)}\n`);
}

export interface FetchOptions {
  cache: DatasetCache;
  signal?: AbortSignal | undefined;
  onNotice?: ((notice: string) => void) | undefined;
}

/**
 * Copies a prepared dataset from the store to this machine: the files that are missing or damaged here. Processes take turns at the same
 * images; an interrupted fetch is continued by the next.
 * @returns the folder of its view; undefined if the store lacks the dataset
 * @throws DatasetError or ArtifactError if the copy in the store is damaged, UnreadableDatasetError if there is no room for it
 */
export async function fetchDataset(
  store: ArtifactStore,
  digest: string,
  options: FetchOptions,
): Promise<string | undefined> {
  const { cache } = options;
  const from = stored.view(digest);
  const text = await store.get(from + manifestFile);
  if (text === undefined) return undefined;
  const manifest = parseJsonWith(manifestSchema, text.toString(), from + manifestFile, ArtifactError);
  const name = /^[./]+images\/([0-9a-f]{32})$/.exec(manifest.parent.directory)?.[1];
  if (name === undefined || manifest.digest !== digest)
    throw new ArtifactError(`${from}${manifestFile} is damaged`, [
      `it must have the digest ${digest} and refer to images in a folder beside its own`,
    ]);
  const images = join(cache.directory, folders.images, name);
  return withLock(images, { signal: options.signal }, async (signal) => {
    await fetchImages(store, name, manifest.label, { ...options, signal });
    const directory = join(cache.directory, folders.views, digest);
    await fetchView(store, onImages(manifest, name), directory);
    await adoptDataset(directory, signal);
    return directory;
  });
}

async function fetchImages(
  store: ArtifactStore,
  name: string,
  label: string,
  { cache, signal, onNotice }: FetchOptions,
): Promise<void> {
  const from = stored.images(name);
  const directory = join(cache.directory, folders.images, name);
  const text = await contentOf(store, from + manifestFile);
  const manifest = parseJsonWith(imagesManifestSchema, text.toString(), from + manifestFile, ArtifactError);
  await cache.reserve(directory, bytesOf(manifest), label, async () => {
    await writeFileAtomically(join(directory, manifestFile), text);
  });
  for (const table of tablesOf(manifest))
    if (!(await isWhole(directory, table)))
      await writeFileAtomically(join(directory, table.file), await checkedContent(store, from, table));
  const images = await StoredImages.open(directory, { tolerant: true });
  for (let fetches = 0; ; fetches++) {
    const damaged = (await damagedShards(images, signal)).map((shard) => manifest.shards[shard]!.file);
    if (damaged.length === 0) return;
    if (fetches === mostFetches)
      throw new ArtifactError(
        `${label} is damaged in the store (delete ${from}, and the next worker that prepares it will store it again)`,
        damaged.map((file) => `${from}${file} is not what was prepared`),
      );
    await concurrently(damaged, filesAtOnce, async (file) => {
      signal?.throwIfAborted();
      const path = join(directory, file);
      if (await exists(path)) onNotice?.(`${path} of ${label} is damaged and is fetched again`);
      await writeFileAtomically(path, await contentOf(store, from + file));
    });
  }
}

async function fetchView(store: ArtifactStore, manifest: DatasetManifest, directory: string): Promise<void> {
  const files = Object.values(positionFiles(manifest));
  await writeWholeFolder(directory, async (partial) => {
    for (const file of files)
      await writeFileAtomically(
        join(partial, file.file),
        await checkedContent(store, stored.view(manifest.digest), file),
      );
    await writeFileAtomically(join(partial, manifestFile), `${JSON.stringify(manifest, undefined, 2)}\n`);
  });
}

async function contentOf(store: ArtifactStore, name: string): Promise<Buffer> {
  const content = await store.get(name);
  if (content === undefined)
    throw new ArtifactError('The prepared dataset is not complete', [`${name} is not in ${store.location}`]);
  return content;
}

async function checkedContent(store: ArtifactStore, prefix: string, { file, sha256 }: CheckedFile): Promise<Buffer> {
  const content = await contentOf(store, prefix + file);
  const actual = sha256Of(content);
  if (actual !== sha256)
    throw new ArtifactError(`${prefix}${file} is damaged`, [`it must have SHA-256 ${sha256}, got ${actual}`]);
  return content;
}

async function isWhole(directory: string, { file, sha256 }: CheckedFile): Promise<boolean> {
  const path = join(directory, file);
  return (await exists(path)) && sha256Of(await readFile(path)) === sha256;
}

const sha256Of = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
