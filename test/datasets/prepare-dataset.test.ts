import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PreparedDataset, SplitName } from '../../datasets/manifest.ts';
import { prepareDataset, type PreparationOptions } from '../../datasets/prepare-dataset.ts';
import { openPreparedDataset } from '../../datasets/prepared-dataset.ts';
import { datasetSelectionSchema, type DatasetSelection } from '../../datasets/selection.ts';
import { cycling, syntheticDataset } from './synthetic-dataset.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prepare-'));
});
afterEach(() => rm(folder, { recursive: true }));

const entry = syntheticDataset({ trainLabels: cycling(200, 4), testLabels: cycling(40, 4), classes: 4 });
const select = (fields: Partial<DatasetSelection> = {}) =>
  datasetSelectionSchema.parse({ dataset: 'synthetic', ...fields });
const prepare = (fields: Partial<DatasetSelection> = {}, options: Partial<PreparationOptions> = {}) =>
  prepareDataset(select(fields), { seed: 0, directory: folder, entry, ...options });

/** Source position and label of every image of a split. */
async function traced(dataset: PreparedDataset, split: SplitName): Promise<[number, number][]> {
  const pixels = await dataset.pixels(split);
  const labels = await dataset.labels(split);
  const imageBytes = dataset.manifest.imageSize ** 2 * dataset.manifest.channels;
  return Array.from(labels, (label, index) => [pixels[index * imageBytes]!, label]);
}

const countsByClass = (images: readonly [number, number][], classes: number) =>
  Array.from({ length: classes }, (_, label) => images.filter(([, other]) => other === label).length);

describe('preparing a dataset', () => {
  it('keeps a tenth of each class for validation and every image in exactly one split, with its label', async () => {
    const dataset = await openPreparedDataset((await prepare()).directory);
    const train = await traced(dataset, 'train');
    const validation = await traced(dataset, 'validation');
    expect(countsByClass(train, 4)).toEqual([45, 45, 45, 45]);
    expect(countsByClass(validation, 4)).toEqual([5, 5, 5, 5]);
    const positions = [...train, ...validation].map(([position]) => position).sort((a, b) => a - b);
    expect(positions).toEqual(Array.from({ length: 200 }, (_, i) => i));
    for (const [position, label] of [...train, ...validation]) expect(label).toBe(position % 4);
    expect(countsByClass(await traced(dataset, 'test'), 4)).toEqual([10, 10, 10, 10]);
  });

  it('subsamples to exact stratified counts, each a part of the whole split', async () => {
    const whole = await openPreparedDataset((await prepare()).directory);
    const part = await openPreparedDataset(
      (await prepare({ trainingImages: 61, validationImages: 6, testImages: 10 })).directory,
    );
    expect(countsByClass(await traced(part, 'train'), 4)).toEqual([16, 15, 15, 15]);
    expect(countsByClass(await traced(part, 'validation'), 4)).toEqual([2, 2, 1, 1]);
    expect(countsByClass(await traced(part, 'test'), 4)).toEqual([3, 3, 2, 2]);
    for (const split of ['train', 'validation', 'test'] as const) {
      const all = (await traced(whole, split)).map(([position]) => position);
      const some = (await traced(part, split)).map(([position]) => position);
      expect(new Set(some).size).toBe(some.length);
      expect(all).toEqual(expect.arrayContaining(some));
    }
  });

  it('restricts to drawn classes with all their images, numbered anew in the original order', async () => {
    const { directory, manifest } = await prepare({ classes: 2 });
    expect(manifest.label).toBe('synthetic/2-classes');
    expect(manifest.classes).toEqual([...manifest.classes].sort());
    const kept = manifest.classes.map((name) => Number(name.replace('class ', '')));
    const dataset = await openPreparedDataset(directory);
    const train = await traced(dataset, 'train');
    expect(countsByClass(train, 2)).toEqual([45, 45]);
    for (const [position, label] of train) expect(position % 4).toBe(kept[label]);
    const draws = await Promise.all([1, 2, 3].map((classDraw) => prepare({ classes: 2, classDraw })));
    expect(draws.some((draw) => draw.manifest.classes.join() !== manifest.classes.join())).toBe(true);
  });

  it("takes the dataset's own validation images where it brings them", async () => {
    const own = syntheticDataset({
      trainLabels: cycling(20, 2),
      validationLabels: cycling(6, 2),
      testLabels: cycling(4, 2),
      classes: 2,
    });
    const { manifest } = await prepare({}, { entry: own });
    expect([manifest.splits.train.images, manifest.splits.validation.images]).toEqual([20, 6]);
  });

  it('resizes to the size asked for', async () => {
    const { directory, manifest } = await prepare({ imageSize: 6, testImages: 8 });
    expect(manifest.imageSize).toBe(6);
    const dataset = await openPreparedDataset(directory);
    expect((await dataset.pixels('test')).length).toBe(8 * 36);
  });

  it('takes statistics of the training images alone, after subsampling', async () => {
    const { directory, manifest } = await prepare({ trainingImages: 50 });
    const pixels = await (await openPreparedDataset(directory)).pixels('train');
    const mean = pixels.reduce((sum, pixel) => sum + pixel / 255, 0) / pixels.length;
    expect(manifest.normalization.mean[0]).toBeCloseTo(mean, 12);
  });

  it('names the count that is too small for the classes', async () => {
    await expect(prepare({ testImages: 3 })).rejects.toThrow(
      'testImages: 4 classes need at least one image each, got 3',
    );
  });
});

describe('the digest', () => {
  it('is the same again, and in another folder', async () => {
    const { manifest } = await prepare({ trainingImages: 40 });
    const again = await prepare({ trainingImages: 40 }, { directory: join(folder, 'other') });
    expect(again.manifest).toEqual(manifest);
  });

  it('differs for another seed, other counts, classes, sizes and fractions', async () => {
    const digest = async (fields: Partial<DatasetSelection>, options: Partial<PreparationOptions> = {}) =>
      (await prepare(fields, options)).manifest.digest;
    const digests = await Promise.all([
      digest({}),
      digest({}, { seed: 1 }),
      digest({ trainingImages: 40 }),
      digest({ testImages: 20 }),
      digest({ classes: 3 }),
      digest({ validationFraction: 0.2 }),
      digest({ imageSize: 8 }),
    ]);
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('does not depend on the protocol, which says nothing about the images', async () => {
    const { directory, manifest } = await prepare();
    const other = await prepare({ protocol: { epochs: 3 } });
    expect(other).toEqual({ directory, manifest });
  });
});

describe('a dataset prepared before', () => {
  it('is used again without a read of the source', async () => {
    const { directory } = await prepare();
    const unreadable = { ...entry, locate: async () => ({ ...(await entry.locate(undefined)), open: () => fail() }) };
    const fail = () => Promise.reject(new Error('the source was read'));
    expect((await prepare({}, { entry: unreadable })).directory).toBe(directory);
    await expect(prepare({ classes: 2 }, { entry: unreadable })).rejects.toThrow('the source was read');
  });

  it('is prepared anew where it is damaged', async () => {
    const { directory, manifest } = await prepare();
    const shard = join(directory, manifest.splits.train.shards[0]!.file);
    const bytes = await readFile(shard);
    for (const damage of [
      () => writeFile(shard, bytes.subarray(1)),
      () =>
        writeFile(
          shard,
          bytes.map((byte, i) => (i === 7 ? byte ^ 1 : byte)),
        ),
      () => rm(shard),
      () => writeFile(join(directory, 'manifest.json'), '{"format": 1'),
      () => rm(join(directory, 'manifest.json')),
    ]) {
      await damage();
      expect((await prepare()).manifest).toEqual(manifest);
      expect(await readFile(shard)).toEqual(bytes);
    }
  });

  it('of another version of the source is not used', async () => {
    const { directory } = await prepare();
    const newer = syntheticDataset({
      trainLabels: cycling(200, 4),
      testLabels: cycling(40, 4),
      classes: 4,
      version: 'synthetic 2',
    });
    expect((await prepare({}, { entry: newer })).directory).not.toBe(directory);
  });
});

describe('an interrupted preparation', () => {
  it('leaves nothing half-written when it is aborted', async () => {
    const large = syntheticDataset({ trainLabels: cycling(5000, 4), testLabels: cycling(40, 4), classes: 4 });
    const controller = new AbortController();
    const progress: number[] = [];
    const onProgress = ({ images }: { images: number }) => {
      progress.push(images);
      controller.abort(new Error('stopped'));
    };
    await expect(prepare({}, { entry: large, onProgress, signal: controller.signal })).rejects.toThrow('stopped');
    expect(progress).toEqual([1000]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('leaves a folder, when it was killed, that a later preparation removes', async () => {
    const { directory } = await prepare();
    await rm(directory, { recursive: true });
    const abandoned = `${directory}.partial-1`;
    const running = `${directory}.partial-2`;
    for (const partial of [abandoned, running]) {
      await mkdir(partial);
      await writeFile(join(partial, 'train-00000.bin'), 'half');
    }
    const yesterday = new Date(Date.now() - 24 * 3600e3);
    await utimes(join(abandoned, 'train-00000.bin'), yesterday, yesterday);
    await utimes(abandoned, yesterday, yesterday);
    await prepare();
    expect((await readdir(folder)).sort()).toEqual([directory, running].map((path) => path.slice(folder.length + 1)));
  });

  it('beside another at the same time gives both the same dataset', async () => {
    const results = await Promise.all(Array.from({ length: 4 }, () => prepare()));
    for (const result of results) expect(result).toEqual(results[0]);
    expect(await readdir(folder)).toHaveLength(1);
  });
});

it('progress ends with every image', async () => {
  const seen: string[] = [];
  await prepare({}, { onProgress: ({ images, of }) => seen.push(`${images}/${of}`) });
  expect(seen).toEqual(['240/240']);
});
