import { appendFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { PreparedDataset, SplitName } from '../../../lib/datasets/manifest.ts';
import { prepareDataset, type PreparationOptions } from '../../../lib/datasets/prepare-dataset.ts';
import { openPreparedDataset } from '../../../lib/datasets/prepared-dataset.ts';
import { datasetSelectionSchema, type DatasetSelection } from '../../../lib/datasets/selection.ts';
import { encodePng } from '../../../lib/datasets/images/encode-png.ts';
import type { DatasetEntry, RawImage } from '../../../lib/datasets/source.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { imageDataset, noisyImages } from './image-dataset.ts';
import { cycling, syntheticDataset } from './synthetic-dataset.ts';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

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

const opened = async (fields: Partial<DatasetSelection> = {}, options: Partial<PreparationOptions> = {}) =>
  openPreparedDataset((await prepare(fields, options)).directory);

const imageFolders = () => readdir(join(folder, 'images'));
const imagesFolder = async () => join(folder, 'images', (await imageFolders())[0]!);

/** All files of a folder and their content. */
async function contents(directory: string): Promise<Record<string, Buffer>> {
  const files = (await readdir(directory, { withFileTypes: true, recursive: true })).filter((file) => file.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  const entries = paths.map(async (path) => [path.slice(directory.length), await readFile(path)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

describe('preparing a dataset', () => {
  test('keeps a tenth of each class for validation and every image in exactly one split, with its label', async () => {
    const dataset = await opened();
    const train = await traced(dataset, 'train');
    const validation = await traced(dataset, 'validation');
    const { splits } = dataset.manifest;
    expect(splits.train.byClass).toEqual([45, 45, 45, 45]);
    expect(splits.validation.byClass).toEqual([5, 5, 5, 5]);
    expect(splits.test.byClass).toEqual([10, 10, 10, 10]);
    const positions = [...train, ...validation].map(([position]) => position).sort((a, b) => a - b);
    expect(positions).toEqual(Array.from({ length: 200 }, (_, i) => i));
    for (const [position, label] of [...train, ...validation]) expect(label).toBe(position % 4);
  });

  test('subsamples to exact stratified counts, each a part of the whole split and of a larger sample', async () => {
    const whole = await opened();
    const large = await opened({ trainingImages: 100, validationImages: 10, testImages: 30 });
    const small = await opened({ trainingImages: 61, validationImages: 6, testImages: 10 });
    expect(small.manifest.splits.train.byClass).toEqual([16, 15, 15, 15]);
    expect(small.manifest.splits.validation.byClass).toEqual([2, 2, 1, 1]);
    expect(small.manifest.splits.test.byClass).toEqual([3, 3, 2, 2]);
    for (const split of ['train', 'validation', 'test'] as const) {
      const [all, many, some] = await Promise.all([whole, large, small].map((dataset) => traced(dataset, split)));
      expect(new Set(some!.map(String)).size).toBe(some!.length);
      expect(all).toEqual(expect.arrayContaining(many!));
      expect(many).toEqual(expect.arrayContaining(some!));
    }
  });

  test('restricts to drawn classes with all their images, numbered anew in the original order', async () => {
    const dataset = await opened({ classes: 2 });
    expect(dataset.manifest.label).toBe('synthetic/2-classes');
    const kept = dataset.manifest.classes.map((name) => Number(name.replace('class ', '')));
    expect(kept).toEqual([...kept].sort());
    const train = await traced(dataset, 'train');
    expect(dataset.manifest.splits.train.byClass).toEqual([45, 45]);
    for (const [position, label] of train) expect(position % 4).toBe(kept[label]);
  });

  test('restricts to named classes', async () => {
    const { manifest } = await prepare({ classes: ['class 3', 'class 1'] });
    expect(manifest.label).toBe('synthetic/class-3-class-1');
    expect(manifest.classes).toEqual(['class 1', 'class 3']);
    await expect(prepare({ classes: ['class 1', 'class 9'] })).rejects.toThrow(
      'classes: must be classes of the dataset (class 0, class 1, class 2, class 3), got "class 9"',
    );
    await expect(prepare({ classes: ['class 1', 'class 1'] })).rejects.toThrow('got class 1 twice');
  });

  test('a subset has the validation and test images of its classes that the whole dataset has', async () => {
    const whole = await opened();
    const subset = await opened({ classes: ['class 1', 'class 2'] });
    for (const split of ['train', 'validation', 'test'] as const) {
      const all = (await traced(whole, split)).filter(([, label]) => label === 1 || label === 2);
      const own = (await traced(subset, split)).map(([position, label]) => [position, label + 1]);
      expect(own).toEqual(all);
    }
  });

  test('a control has as many images as its subset, of all classes', async () => {
    const { splits } = (await prepare({ classes: 2, classDraw: 1 })).manifest;
    const control = (await prepare({ controlFor: { classes: 2, classDraw: 1, nestedClasses: false } })).manifest;
    expect(control.label).toBe('synthetic/2-classes-draw-1-control');
    expect(control.classes).toHaveLength(4);
    expect(control.splits.train.images).toBe(splits.train.images);
    expect(control.splits.validation.images).toBe(splits.validation.images);
    expect(control.splits.train.byClass).toEqual([23, 23, 22, 22]);
    expect(control.splits.test.byClass).toEqual([10, 10, 10, 10]);
  });

  test('everything that is selected of a dataset shares its shards', async () => {
    const all = [
      {},
      { classes: 2 },
      { classes: 2, classDraw: 1 },
      { classes: 3, nestedClasses: true },
      { trainingImages: 20 },
    ];
    for (const fields of all) await prepare(fields);
    await prepare({}, { seed: 1 });
    expect((await readdir(folder)).sort()).toEqual(['images', 'views']);
    expect(await imageFolders()).toHaveLength(1);
    expect(await readdir(join(folder, 'views'))).toHaveLength(all.length + 1);
    const { sizes } = await readdir(await imagesFolder()).then((files) => ({
      sizes: files.filter((file) => file.startsWith('shard-')),
    }));
    expect(sizes).toEqual(['shard-00000.bin']);
  });

  test("takes the dataset's own validation images if it brings them", async () => {
    const own = syntheticDataset({
      trainLabels: cycling(20, 2),
      validationLabels: cycling(6, 2),
      testLabels: cycling(8, 2),
      classes: 2,
    });
    const { splits } = (await prepare({}, { entry: own })).manifest;
    expect([splits.train.images, splits.validation.images, splits.test.images]).toEqual([20, 6, 8]);
  });

  test('refuses fewer images than classes, naming the field', async () => {
    await expect(prepare({ testImages: 3 })).rejects.toThrow(
      'synthetic cannot be prepared:\n  testImages: 4 classes need at least one image each, got 3',
    );
  });

  test('refuses more classes than there are', async () => {
    await expect(prepare({ classes: 5 })).rejects.toThrow('classes: must be at most 4, got 5');
  });
});

describe('the digest', () => {
  const digest = async (...given: Parameters<typeof prepare>) => (await prepare(...given)).manifest.digest;

  test('is the same again, and another for other images, classes, splits or sizes', async () => {
    const digests = await Promise.all([
      digest(),
      digest({}, { seed: 1 }),
      digest({ trainingImages: 40 }),
      digest({ testImages: 20 }),
      digest({ classes: 3 }),
      digest({ validationFraction: 0.2 }),
      digest({ imageSize: 8 }),
    ]);
    expect(new Set(digests).size).toBe(digests.length);
    expect(await digest({}, { directory: await temporaryFolder() })).toBe(digests[0]);
  });

  test('depends on the data trained on, not on shards, selection or name', async () => {
    const whole = await digest();
    expect(await digest({}, { directory: await temporaryFolder(), shardBytes: 100 })).toBe(whole);
    expect(await digest({ label: 'mine', trainingImages: 180, protocol: { epochs: 3 } })).toBe(whole);
    expect(await digest({ classes: ['class 0', 'class 1', 'class 2', 'class 3'] })).toBe(whole);
    const source = syntheticDataset({
      trainLabels: cycling(200, 4),
      testLabels: cycling(40, 4),
      classes: 4,
      version: 'b',
    });
    expect(await digest({}, { entry: source })).toBe(whole);
  });
});

describe('a dataset prepared before', () => {
  const unreadable: DatasetEntry = {
    ...entry,
    locate: async () => ({
      ...(await entry.locate(undefined)),
      open: () => Promise.reject(new Error('the source was read')),
    }),
  };

  test('is used again without a read of the source, by every selection', async () => {
    const { directory, manifest } = await prepare();
    expect(await prepare({}, { entry: unreadable })).toEqual({ directory, manifest });
    expect((await prepare({ classes: 2 }, { entry: unreadable })).manifest.classes).toHaveLength(2);
    expect((await prepare({}, { entry: unreadable, seed: 5 })).manifest.digest).not.toBe(manifest.digest);
    await expect(prepare({ imageSize: 8 }, { entry: unreadable })).rejects.toThrow('the source was read');
  });

  test.each([
    [
      'with a flipped bit',
      (shard: string, bytes: Buffer) =>
        writeFile(
          shard,
          bytes.map((byte, i) => (i === 7 ? byte ^ 1 : byte)),
        ),
    ],
    ['cut short', (shard: string, bytes: Buffer) => writeFile(shard, bytes.subarray(1))],
    ['missing', (shard: string) => rm(shard)],
  ])('has a shard %s made again, and named', async (_what, damage) => {
    const { directory, manifest } = await prepare({}, { shardBytes: 1000 });
    const before = await contents(await imagesFolder());
    const shard = join(await imagesFolder(), 'shard-00001.bin');
    await damage(shard, before['/shard-00001.bin']!);
    const onNotice = vi.fn();
    expect(await prepare({}, { onNotice })).toEqual({ directory, manifest });
    expect(onNotice.mock.calls).toEqual([[`${shard} was damaged and has been rebuilt`]]);
    expect(await readFile(shard)).toEqual(before['/shard-00001.bin']);
    await prepare({}, { onNotice, entry: unreadable });
    expect(onNotice).toHaveBeenCalledOnce();
  });

  test('has a shard of decoded files made again too', async () => {
    const files = noisyImages({ train: 40, test: 10 }).map(async ({ content, ...image }) => ({
      ...image,
      content: { kind: 'file' as const, bytes: await encodePng((content as { image: RawImage }).image) },
    }));
    const decoded = imageDataset(await Promise.all(files));
    await prepare({}, { entry: decoded, shardBytes: 20_000 });
    const shard = join(await imagesFolder(), 'shard-00001.bin');
    const before = await readFile(shard);
    await writeFile(shard, Buffer.from(before).fill(0, 0, 9));
    const onNotice = vi.fn();
    await prepare({}, { entry: decoded, onNotice });
    expect(onNotice.mock.calls).toEqual([[`${shard} was damaged and has been rebuilt`]]);
    expect(await readFile(shard)).toEqual(before);
  });

  test('whose damaged shard the source has no more is not made up', async () => {
    await prepare();
    const shard = join(await imagesFolder(), 'shard-00000.bin');
    await rm(shard);
    const changed = syntheticDataset({ trainLabels: cycling(199, 4), testLabels: cycling(40, 4), classes: 4 });
    await expect(prepare({}, { entry: changed })).rejects.toThrow(
      `${shard} is damaged, and the source no longer has image`,
    );
  });

  test.each(['manifest.json', 'labels.bin', 'hashes.bin', 'sums.bin', 'ids.txt'])(
    'is stored anew where its %s is damaged',
    async (file) => {
      const { manifest } = await prepare();
      const before = await contents(await imagesFolder());
      await writeFile(
        join(await imagesFolder(), file),
        before[`/${file}`]!.map((byte, i) => (i === 40 ? byte ^ 1 : byte)),
      );
      expect((await prepare()).manifest).toEqual(manifest);
      const after = await contents(await imagesFolder());
      expect(after[`/${file}`]).toEqual(before[`/${file}`]);
    },
  );

  test.each([
    ['no manifest', (view: string) => rm(join(view, 'manifest.json'))],
    ['half a manifest', (view: string) => writeFile(join(view, 'manifest.json'), '{"format": 2')],
    ['other positions', (view: string) => writeFile(join(view, 'train.bin'), Buffer.alloc(4 * 180))],
  ])('has a view with %s written anew', async (_what, damage) => {
    const { directory, manifest } = await prepare();
    const before = await contents(directory);
    await damage(directory);
    expect((await prepare({}, { entry: unreadable })).manifest).toEqual(manifest);
    expect(await contents(directory)).toEqual(before);
  });

  test('of another version of the source is not used', async () => {
    await prepare();
    const newer = {
      ...unreadable,
      locate: async () => ({ ...(await unreadable.locate(undefined)), version: 'synthetic 2' }),
    };
    await expect(prepare({}, { entry: newer })).rejects.toThrow('the source was read');
  });
});

describe('an interrupted preparation', () => {
  const large = syntheticDataset({ trainLabels: cycling(5000, 4), testLabels: cycling(40, 4), classes: 4 });

  test('is continued after its last whole shard, and ends with the same bytes', async () => {
    const whole = await temporaryFolder();
    const undisturbed = await prepare({}, { entry: large, shardBytes: 10_000, directory: whole });
    const read: number[] = [];
    const counting: DatasetEntry = {
      ...large,
      locate: async () => {
        const location = await large.locate(undefined);
        return {
          ...location,
          open: async () => {
            const source = await location.open();
            return {
              ...source,
              async *read(options) {
                for await (const item of source.read(options)) {
                  read.push(item.index);
                  yield item;
                }
              },
            };
          },
        };
      },
    };
    const controller = new AbortController();
    const onProgress = () => controller.abort(new Error('stopped'));
    const options = { entry: counting, shardBytes: 10_000 };
    await expect(prepare({}, { ...options, onProgress, signal: controller.signal })).rejects.toThrow('stopped');
    const [first] = [read.length, read.splice(0)];
    expect(first).toBeLessThan(1200);
    // A journal that the disk has damaged is right up to its damage.
    const journal = Object.keys(await contents(folder)).find((file) => file.endsWith('journal.ndjson'))!;
    await appendFile(folder + journal, '\0\0{\n');
    expect((await prepare({}, options)).manifest).toEqual(undisturbed.manifest);
    // A shard has 625 images of 16 bytes.
    expect(read[0]).toBe(625);
    const [ours, theirs] = await Promise.all([contents(folder), contents(whole)]);
    const stored = (files: Record<string, Buffer>) => Object.keys(files).filter((file) => !file.includes('verified.'));
    expect(stored(ours)).toEqual(stored(theirs));
    for (const file of stored(ours)) expect(ours[file]!.equals(theirs[file]!), file).toBe(true);
  });

  test('beside another at the same time gives both the same dataset, read once', async () => {
    const open = vi.fn(() => entry.locate(undefined).then((location) => location.open()));
    const watched = { ...entry, locate: async () => ({ ...(await entry.locate(undefined)), open }) };
    const results = await Promise.all(Array.from({ length: 4 }, () => prepare({}, { entry: watched })));
    for (const result of results) expect(result).toEqual(results[0]);
    expect(open).toHaveBeenCalledOnce();
    expect(await imageFolders()).toHaveLength(1);
  });

  test('that is aborted before it begins does nothing', async () => {
    await expect(prepare({}, { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped');
    expect(await readdir(folder)).toEqual([]);
  });
});

test('progress ends with every image', async () => {
  const seen: string[] = [];
  await prepare({}, { onProgress: ({ images, of }) => seen.push(`${images}/${of}`) });
  expect(seen).toEqual(['240/240']);
});

describe('a dataset that is smaller than published', () => {
  const published: DatasetEntry = {
    ...entry,
    expected: [{ classes: 4, splits: { train: { images: 300 }, test: { images: 40 } } }],
  };

  test('is refused before anything is read, naming what is missing', async () => {
    await expect(prepare({}, { entry: published })).rejects.toThrow(
      'synthetic is incomplete; to use it anyway, set allowIncomplete in its selection (or pass --allow-incomplete to a command):\n  train images: 200 of 300 were found',
    );
    expect(await imageFolders()).toEqual([]);
  });

  test('is prepared if that is allowed, which its manifest tells, and for nobody else', async () => {
    const { manifest } = await prepare({ allowIncomplete: true }, { entry: published });
    expect(manifest.incomplete).toEqual(['train images: 200 of 300 were found']);
    await expect(prepare({}, { entry: published })).rejects.toThrow('train images: 200 of 300 were found');
  });
});

describe('unreadable images', () => {
  const damaged = (...indices: number[]): DatasetEntry => ({
    ...entry,
    locate: async () => {
      const location = await entry.locate(undefined);
      return {
        ...location,
        open: async () => {
          const source = await location.open();
          return {
            ...source,
            async *read(options) {
              for await (const item of source.read(options))
                yield indices.includes(item.index)
                  ? { index: item.index, content: { kind: 'file' as const, bytes: Buffer.from('<html>') } }
                  : item;
            },
          };
        },
      };
    },
  });

  test('are skipped and listed up to their share, and every image is counted', async () => {
    const { manifest } = await prepare({ unreadableShare: 0.01 }, { entry: damaged(3, 220) });
    const reason = 'not a JPEG, PNG, GIF, WebP, TIFF or BMP file';
    expect(manifest.skipped).toEqual([
      { id: 'train/3', reason },
      { id: 'test/20', reason },
    ]);
    const { train, validation, test: tested } = manifest.splits;
    expect(train.images + validation.images + tested.images + manifest.skipped.length).toBe(240);
    const dataset = await opened({ unreadableShare: 0.01 }, { entry: damaged(3, 220) });
    const positions = [...(await traced(dataset, 'train')), ...(await traced(dataset, 'validation'))];
    expect(positions.map(([position]) => position).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 200 }, (_, i) => i).filter((i) => i !== 3),
    );
  });

  test('beyond their share are listed in an error', async () => {
    const reason = 'not a JPEG, PNG, GIF, WebP, TIFF or BMP file';
    const expected = `synthetic cannot be prepared: 3 of its 240 images are unreadable, more than the share 0.01 that unreadableShare allows:\n  train/3: ${reason}\n  train/5: ${reason}\n  train/7: ${reason}`;
    await expect(prepare({ unreadableShare: 0.01 }, { entry: damaged(3, 5, 7) })).rejects.toThrow(expected);
    await prepare({ unreadableShare: 0.05 }, { entry: damaged(3, 5, 7) });
    await expect(prepare({ unreadableShare: 0.01 }, { entry: damaged(3, 5, 7) })).rejects.toThrow(expected);
  });

  test('are all named by the first attempt, up to twenty, with their number', async () => {
    const messageOf = (error: Error) => error.message;
    const few = await prepare({ unreadableShare: 0 }, { entry: damaged(1, 100, 239) }).catch(messageOf);
    expect(few).toContain('3 of its 240 images are unreadable, more than the share 0');
    for (const id of ['train/1', 'train/100', 'test/39']) expect(few).toContain(`  ${id}: not a`);
    const every = damaged(...Array.from({ length: 240 }, (_, index) => index));
    const many = await prepare({ unreadableShare: 0 }, { entry: every }).catch(messageOf);
    expect(many).toMatch(/: (2\d|3\d|[4-9]\d|1\d\d) of its 240 images are unreadable/);
    expect((many as string).match(/ {2}train\/\d+: not a/g)).toHaveLength(20);
  });
});
