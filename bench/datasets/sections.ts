import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { openPreparedDataset } from '../../lib/datasets/prepared-dataset.ts';
import { prepareDataset } from '../../lib/datasets/prepare-dataset.ts';
import { datasetSelectionSchema } from '../../lib/datasets/selection.ts';
import { decodeImage } from '../../lib/datasets/images/decode.ts';
import { fastestKernel } from '../../lib/datasets/images/fastest-kernel.ts';
import type { PixelKernel } from '../../lib/datasets/images/pixel-kernel.ts';
import { plainKernel } from '../../lib/datasets/images/plain-kernel.ts';
import { resampling } from '../../lib/datasets/images/resampling.ts';
import { storeImages } from '../../lib/datasets/shards/store-images.ts';
import type { Measurement, Sections, Surroundings } from '../run-sections.ts';
import { fileSource, photos, writeArchive } from './photos.ts';
import { inProcess } from './process.ts';

const mebibyte = 2 ** 20;

export const sections = {
  /** Photos of ImageNet's typical size: written to shards here; decoded to memory by sharp alone. */
  async *jpeg({ rounds, directory }) {
    // Enough images that the start of the threads, a quarter of a second, hardly counts, as in a real dataset.
    const [files, count] = [await photos(60, 500, 375), 3000];
    const ours = async () => {
      const facts = {
        dataset: 'photos',
        source: { form: '', version: '' },
        incomplete: [],
        imageSize: 256,
        channels: 3,
      };
      const target = join(directory, 'jpeg');
      const rate = await perSecond(count, () =>
        storeImages(target, fileSource(files, count), { ...facts, fit: 'short-side' }, { unreadableShare: 0 }),
      );
      await rm(target, { recursive: true });
      return rate;
    };
    yield await higher(
      'JPEG 500x375 to short side 256 in shards; sharp alone to memory',
      'images/s',
      rounds,
      ours,
      () => perSecond(count, () => sharpAlone(files, count)),
    );
  },

  /** One photo of ImageNet's typical size resized to a short side of 256, and its sums. */
  async *kernel({ rounds }) {
    const image = await decodeImage((await photos(1, 500, 375))[0]!);
    const [rows, columns] = [
      resampling({ start: 0, length: 375 }, 375, 256, false),
      resampling({ start: 0, length: 500 }, 500, 341, false),
    ];
    const count = 100;
    const rate = (kernel: PixelKernel) => () =>
      perSecond(count, () => {
        for (let i = 0; i < count; i++) kernel.sums(kernel.resize(image, rows, columns), 3);
        return Promise.resolve();
      });
    yield await higher(
      'pixels resized by WebAssembly; by plain JavaScript',
      'images/s',
      rounds,
      rate(fastestKernel()),
      rate(plainKernel),
    );
  },

  async *pixels({ rounds, directory }) {
    const target = { other: 100, unit: 'MB/s' };
    const pixelsOf = (images: number, bytes: number) =>
      Uint8Array.from({ length: images * bytes }, (_, i) => (i * 7919) >> 3);
    const idx = (shape: readonly number[], data: Uint8Array) => {
      const header = Buffer.alloc(4 + 4 * shape.length);
      header.set([0, 0, 8, shape.length]);
      shape.forEach((size, axis) => header.writeUInt32BE(size, 4 + 4 * axis));
      return Buffer.concat([header, data]);
    };
    const labels = (images: number) => Uint8Array.from({ length: images }, (_, index) => index % 10);
    const mnist = join(directory, 'data', 'mnist');
    await mkdir(mnist, { recursive: true });
    for (const [name, images] of [
      ['train', 60_000],
      ['t10k', 10_000],
    ] as const) {
      await writeFile(join(mnist, `${name}-images-idx3-ubyte`), idx([images, 28, 28], pixelsOf(images, 784)));
      await writeFile(join(mnist, `${name}-labels-idx1-ubyte`), idx([images], labels(images)));
    }
    yield await prepared('mnist', 70_000 * 784, 'IDX, 28x28; target');

    const cifar = join(directory, 'data', 'cifar10', 'cifar-10-batches-bin');
    await mkdir(cifar, { recursive: true });
    const records = pixelsOf(10_000, 3073);
    for (let record = 0; record < 10_000; record++) records[record * 3073] = record % 10;
    for (const name of [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`).concat('test_batch.bin'))
      await writeFile(join(cifar, name), records);
    yield await prepared('cifar10', 60_000 * 3072, 'Cifar10, binary, 32x32x3; target');

    async function prepared(dataset: string, bytes: number, what: string): Promise<Measurement> {
      const selection = datasetSelectionSchema.parse({ dataset, allowIncomplete: true });
      let best = 0;
      for (let round = 0; round < rounds; round++) {
        const folder = join(directory, `prepared-${dataset}-${round}`);
        const rate = await perSecond(bytes / 1e6, () =>
          prepareDataset(selection, { seed: 0, directory: folder, dataRoot: join(directory, 'data') }),
        );
        best = Math.max(best, rate);
        await rm(folder, { recursive: true });
      }
      return { what, ...target, ours: best, ratio: best / target.other };
    }
  },

  /** Less is better, so the ratio is limit / peak memory. */
  async *memory({ directory }) {
    const count = 50_000;
    const data = join(directory, 'memory', 'photos');
    await mkdir(data, { recursive: true });
    await writeArchive(join(data, 'photos.tar'), await photos(100, 160, 120), count);
    const { peakBytes, seconds } = await inProcess({
      kind: 'prepare',
      dataRoot: join(directory, 'memory'),
      directory: join(directory, 'memory', 'prepared'),
    });
    const [ours, other] = [peakBytes / mebibyte, 1024];
    const note = `${(count / seconds).toFixed(0)} images/s`;
    yield {
      what: 'peak memory, an archive of 50,000 photos; limit',
      unit: 'MiB',
      ours,
      other,
      ratio: other / ours,
      note,
    };
  },

  /** Whole photos as a training reads them from their shards, without decoding; the same bytes by system calls alone. */
  async *reading({ rounds, directory }) {
    const folder = await preparedPhotos(directory);
    const dataset = await openPreparedDataset(folder);
    const images = dataset.manifest.splits.train.images;
    const batches = Array.from({ length: 40 }, (_, batch) =>
      Array.from({ length: 128 }, (_, row) => ((128 * batch + row) * 7919) % images),
    );
    const read = batches.length * 128;
    const ours = () =>
      perCpuSecond(read, async () => {
        for (const batch of batches) await dataset.gather('train', batch);
      });
    const { heights, widths } = dataset.sizes('train');
    const imageBytes = heights[0]! * widths[0]! * dataset.manifest.channels;
    const shard = join(folder, dataset.manifest.parent.directory, 'shard-00000.bin');
    const alone = () =>
      perCpuSecond(read, () => {
        const file = openSync(shard, 'r');
        const inShard = Math.floor(fstatSync(file).size / imageBytes);
        for (const index of batches.flat()) {
          const target = new Uint8Array(imageBytes);
          readSync(file, target, 0, imageBytes, (index % inShard) * imageBytes);
        }
        closeSync(file);
        return Promise.resolve();
      });
    yield await higher('whole photos of 256 pixels from memory', 'images/s of one core', rounds, ours, alone);
  },

  async *streaming({ rounds, directory }) {
    const dataset = await preparedPhotos(directory);
    const rate = (resident: boolean) => async () =>
      (await inProcess({ kind: 'train', dataset, resident, directory: join(directory, `run-${resident}`) }))
        .imagesPerSecond;
    yield await higher('training at 224 pixels, streamed; resident', 'images/s', rounds, rate(false), rate(true));
  },
} satisfies Sections<Surroundings>;

/** Measures both sides in turns and keeps the best of each; more is better. */
async function higher(
  what: string,
  unit: string,
  rounds: number,
  ours: () => Promise<number>,
  other: () => Promise<number>,
): Promise<Measurement> {
  const best = { ours: 0, other: 0 };
  for (let round = 0; round < rounds; round++) {
    best.ours = Math.max(best.ours, await ours());
    best.other = Math.max(best.other, await other());
  }
  return { what, unit, ...best, ratio: best.ours / best.other };
}

/** Prepares whole photos with a short side of 256 pixels; returns the folder of the prepared dataset. */
async function preparedPhotos(directory: string): Promise<string> {
  const source = fileSource(await photos(60, 500, 375), 512);
  const selection = datasetSelectionSchema.parse({
    dataset: 'photos',
    source: { kind: 'folder', path: '.' },
    fit: 'short-side',
    testFraction: 0.03,
    validationFraction: 0,
  });
  const prepared = await prepareDataset(selection, {
    seed: 0,
    directory: join(directory, 'whole'),
    entry: {
      name: 'photos',
      title: 'photos',
      channels: 3,
      imageSize: 256,
      locate: () => Promise.resolve({ form: '', folder: '', version: '1', open: () => Promise.resolve(source) }),
    },
  });
  return prepared.directory;
}

/** Returns how much is done in a second of this process's CPU time, which other work on the machine hardly affects. */
async function perCpuSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (1e6 * count) / (user + system);
}

async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (1000 * count) / (performance.now() - start);
}

/** Does the same decoding and resizing with sharp on all cores, with as many images at a time as its thread pool takes. */
async function sharpAlone(files: readonly Buffer[], count: number): Promise<void> {
  const options = { kernel: 'linear', fastShrinkOnLoad: false, fit: 'fill' } as const;
  const underWay: Promise<Buffer>[] = [];
  for (let index = 0; index < count; index++) {
    const image = sharp(files[index % files.length], { ignoreIcc: true });
    underWay.push(image.resize(341, 256, options).removeAlpha().raw().toBuffer());
    if (underWay.length === 4) await underWay.shift();
  }
  await Promise.all(underWay);
}
