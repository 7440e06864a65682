import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { splitNames, type DatasetManifest } from '../../../lib/datasets/manifest.ts';
import { prepareDataset } from '../../../lib/datasets/prepare-dataset.ts';
import { openPreparedDataset } from '../../../lib/datasets/prepared-dataset.ts';
import { datasetSelectionSchema } from '../../../lib/datasets/selection.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { imageDataset, noisyImages } from './image-dataset.ts';

/** Images of different sizes, in shards of a few. */
const images = noisyImages({ train: 50, test: 10 });
let directory: string;
let manifest: DatasetManifest;

async function prepare(fields: object = {}, shardBytes = 20_000) {
  const selection = datasetSelectionSchema.parse({ dataset: 'images', validationFraction: 0, ...fields });
  const entry = imageDataset(images);
  ({ directory, manifest } = await prepareDataset(selection, {
    seed: 0,
    directory: await temporaryFolder(),
    entry,
    shardBytes,
  }));
}

const shard = () => join(directory, manifest.parent.directory, 'shard-00001.bin');

describe.each(['square', 'short-side'] as const)('images prepared as %s', (fit) => {
  beforeEach(() => prepare({ fit }));

  test('are gathered as they lie in all pixels, for any indices in any order, across shards', async () => {
    const dataset = await openPreparedDataset(directory);
    const { heights, widths } = dataset.sizes('train');
    const pixels = await dataset.pixels('train');
    const starts = [0];
    heights.forEach((height, index) => starts.push(starts[index]! + height * widths[index]! * 3));
    expect(pixels).toHaveLength(starts.at(-1)!);
    const indices = [43, 0, 3, 3, 4, 5, 6, 17, 49];
    const parts = indices.map((index) => pixels.subarray(starts[index], starts[index + 1]));
    expect(Buffer.from(await dataset.gather('train', indices))).toEqual(Buffer.concat(parts));
    expect(await dataset.gather('train', new Int32Array())).toHaveLength(0);
    const all = await dataset.gather('train', Array.from(heights.keys()));
    expect(Buffer.from(all)).toEqual(Buffer.from(pixels));
  });

  test('are those of the source, whole if they are not larger', async () => {
    const dataset = await openPreparedDataset(directory);
    const { heights, widths } = dataset.sizes('test');
    const pixels = await dataset.pixels('test');
    let offset = 0;
    images.slice(50).forEach(({ content }, index) => {
      const part = pixels.subarray(offset, (offset += heights[index]! * widths[index]! * 3));
      if (content.kind !== 'pixels') throw new Error(content.kind);
      const { image } = content;
      const shortSide = Math.min(image.height, image.width);
      if (fit === 'square') expect([heights[index], widths[index]]).toEqual([32, 32]);
      else {
        expect(Math.min(heights[index]!, widths[index]!)).toBe(Math.min(32, shortSide));
        if (shortSide <= 32) expect(Buffer.from(part)).toEqual(Buffer.from(image.pixels));
      }
    });
  });

  test('have labels in the order of their pixels', async () => {
    const dataset = await openPreparedDataset(directory);
    expect([...(await dataset.labels('train'))]).toEqual(Array.from({ length: 50 }, (_, index) => index % 2));
  });
});

test('a view of many scattered images is read whole', async () => {
  await prepare({ fit: 'short-side', classes: ['c0', 'c1'], trainingImages: 21 });
  const dataset = await openPreparedDataset(directory);
  const { heights, widths } = dataset.sizes('train');
  const bytes = heights.reduce((sum, height, index) => sum + 3 * height * widths[index]!, 0);
  expect(await dataset.pixels('train')).toHaveLength(bytes);
});

test('an index outside of the split is refused', async () => {
  await prepare();
  const dataset = await openPreparedDataset(directory);
  await expect(async () => dataset.gather('test', [0, 10])).rejects.toThrow(
    'indices[1] must be an integer in [0, 10), got 10',
  );
});

describe('a damaged dataset', () => {
  beforeEach(() => prepare());

  test('with a shard cut short is refused when opened', async () => {
    const { length } = await readFile(shard());
    await truncate(shard(), 100);
    await expect(openPreparedDataset(directory)).rejects.toThrow(`${shard()} must have ${length} bytes, got 100`);
  });

  test('with a shard missing is refused when opened', async () => {
    await rm(shard());
    await expect(openPreparedDataset(directory)).rejects.toThrow(`${shard()} must exist`);
  });

  test('with one bit flipped is refused when all pixels are read', async () => {
    const bytes = await readFile(shard());
    bytes[300]! ^= 1;
    await writeFile(shard(), bytes);
    const dataset = await openPreparedDataset(directory);
    await expect(dataset.pixels('train')).rejects.toThrow(`${shard()} is damaged`);
    expect(await dataset.labels('train')).toHaveLength(50);
  });

  test('with a shard that goes away while it is open is refused when that is read', async () => {
    const dataset = await openPreparedDataset(directory);
    await rm(shard());
    await expect(dataset.gather('train', [0, 10])).rejects.toThrow(`${shard()} must exist`);
  });

  test.each(splitNames)('with other positions of its %s images is refused when opened', async (split) => {
    const path = join(directory, `${split}.bin`);
    await writeFile(path, Buffer.concat([await readFile(path), Buffer.alloc(4)]));
    await expect(openPreparedDataset(directory)).rejects.toThrow(`${path} must have SHA-256`);
  });

  test('with a manifest of another form is refused, naming the field', async () => {
    const path = join(directory, 'manifest.json');
    await writeFile(path, JSON.stringify({ ...manifest, channels: 7 }));
    await expect(openPreparedDataset(directory)).rejects.toThrow('channels must be 1 or 3, got 7');
    await rm(path);
    await expect(openPreparedDataset(directory)).rejects.toThrow(`${path} must exist: prepare the dataset again`);
  });

  test('whose images are those of another dataset is refused', async () => {
    const path = join(directory, manifest.parent.directory, 'manifest.json');
    const parent = JSON.parse(await readFile(path, 'utf8')) as object;
    await writeFile(path, JSON.stringify({ ...parent, classes: ['cat', 'dog'] }));
    await expect(openPreparedDataset(directory)).rejects.toThrow(/digest must be [0-9a-f]{64}, got/);
  });
});
