import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { splitNames, type DatasetManifest, type PreparedDataset, type SplitName } from '../../lib/datasets/manifest.ts';
import { prepareDataset } from '../../lib/datasets/prepare-dataset.ts';
import { openPreparedDataset } from '../../lib/datasets/prepared-dataset.ts';
import { datasetSelectionSchema } from '../../lib/datasets/selection.ts';
import { imageDataset, noise, noisyImages } from '../lib/datasets/image-dataset.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { runPython } from './python-with-numpy.ts';

const script = (name: string) => join(import.meta.dirname, name);

/** Datasets of four classes, in shards of a few images. */
const datasets = {
  'grey squares': imageDataset(fourClasses(noisyImages({ undivided: 90 }, 1)), { channels: 1, imageSize: 12 }),
  'squares in colour': imageDataset(fourClasses(noisyImages({ train: 60, validation: 9, test: 20 }))),
  photos: imageDataset(fourClasses(noisyImages({ train: 60, test: 20 }))),
  // The sizes table exists, but one batch may have images of one size.
  'photos of few sizes': imageDataset(
    Array.from({ length: 60 }, (_, index) => ({
      content: { kind: 'pixels' as const, image: noise(20, 20 + 4 * (index % 2), index) },
      label: index % 4,
    })),
  ),
};

const selections = [
  {},
  { classes: 2, classDraw: 1 },
  { classes: ['c3', 'c1', 'c0'], trainingImages: 17 },
  { controlFor: { classes: 2 } },
  { trainingImages: 20, testImages: 7, validationFraction: 0 },
];

function fourClasses<Image extends { label: number }>(images: readonly Image[]): Image[] {
  return images.map((image, index) => ({ ...image, label: (index * 7) % 4 }));
}

async function factsOf(dataset: PreparedDataset, split: SplitName) {
  const { heights, widths } = dataset.sizes(split);
  const labels = sha256(await dataset.labels(split));
  const pixels = sha256(await dataset.pixels(split));
  const { classes, normalization, splits } = dataset.manifest;
  return {
    ...{ images: splits[split].images, labels, labelsOneByOne: labels, sizes: sha256(heights, widths) },
    ...{ pixels, oneByOne: pixels, ids: sha256(Buffer.from((await dataset.ids(split)).join('\n'))) },
    ...{ classes, ...normalization },
  };
}

function sha256(...arrays: (Uint8Array | Uint16Array)[]): string {
  const hash = createHash('sha256');
  for (const array of arrays) hash.update(Buffer.from(array.buffer, array.byteOffset, array.byteLength));
  return hash.digest('hex');
}

test('images, labels, sizes and names of every split, subset and control are those that the program reads', async () => {
  const directory = await temporaryFolder();
  const folders: string[] = [];
  for (const [name, entry] of Object.entries(datasets)) {
    const fit = name.startsWith('photos') ? 'short-side' : 'square';
    for (const fields of selections) {
      const selection = datasetSelectionSchema.parse({ dataset: 'images', fit, ...fields });
      const options = { seed: 3, directory: join(directory, name), entry, shardBytes: 10_000 };
      await mkdir(options.directory, { recursive: true });
      folders.push((await prepareDataset(selection, options)).directory);
    }
  }
  const read = JSON.parse(await runPython(script('image_hashes.py'), folders)) as unknown[];
  expect(read).toHaveLength(folders.length);
  for (const [index, folder] of folders.entries()) {
    const dataset = await openPreparedDataset(folder);
    for (const split of splitNames) {
      expect(read[index], `${folder} ${split}`).toMatchObject({ [split]: await factsOf(dataset, split) });
    }
  }
});

test('the images of a study are those that the program reads', async () => {
  const selection = datasetSelectionSchema.parse({ dataset: 'mnist', classes: 5, testImages: 500 });
  const { directory } = await prepareDataset(selection, { seed: 0, directory: await temporaryFolder() });
  const [read] = JSON.parse(await runPython(script('image_hashes.py'), [directory])) as object[];
  const dataset = await openPreparedDataset(directory);
  for (const split of splitNames) expect(read).toMatchObject({ [split]: await factsOf(dataset, split) });
});

test('a dataset that is damaged is refused, naming the file', async () => {
  const damaged = async (damage: (folder: string, images: string) => Promise<void>) => {
    const selection = datasetSelectionSchema.parse({ dataset: 'images' });
    const { directory, manifest } = await prepareDataset(selection, {
      ...{ seed: 0, directory: await temporaryFolder(), entry: datasets['grey squares'], shardBytes: 10_000 },
    });
    await damage(directory, join(directory, manifest.parent.directory));
    return runPython(script('image_hashes.py'), [directory]);
  };
  const appended = async (path: string) => writeFile(path, Buffer.concat([await readFile(path), Buffer.alloc(4)]));
  const changed = async (path: string) => {
    const bytes = await readFile(path);
    bytes[0]! ^= 1;
    await writeFile(path, bytes);
  };
  await expect(damaged((folder) => changed(join(folder, 'train.bin')))).rejects.toThrow(/train\.bin must have SHA-256/);
  await expect(damaged((folder) => appended(join(folder, 'test.bin')))).rejects.toThrow(
    /test\.bin must have \d+ bytes/,
  );
  await expect(damaged((_, images) => changed(join(images, 'labels.bin')))).rejects.toThrow(
    /labels\.bin must have SHA-256/,
  );
  await expect(damaged((_, images) => truncate(join(images, 'shard-00000.bin')))).rejects.toThrow(
    /shard-00000\.bin must have \d+ bytes, got 0: prepare the dataset again/,
  );
  await expect(damaged((_, images) => rm(join(images, 'shard-00000.bin')))).rejects.toThrow(
    /shard-00000\.bin must exist/,
  );
  await expect(damaged((folder) => rm(join(folder, 'manifest.json')))).rejects.toThrow(/manifest\.json must exist/);
  const other = async (folder: string) => {
    const path = join(folder, 'manifest.json');
    const manifest = JSON.parse(await readFile(path, 'utf8')) as DatasetManifest;
    await writeFile(path, JSON.stringify({ ...manifest, parent: { ...manifest.parent, digest: '0'.repeat(64) } }));
  };
  await expect(damaged(other)).rejects.toThrow(/must have images with digest 0{64}/);
});
