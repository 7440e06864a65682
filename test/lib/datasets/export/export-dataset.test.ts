import { createReadStream, mkdirSync, renameSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';
import tar from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { classFolderNames } from '../../../../lib/datasets/export/class-folder-names.ts';
import { encodedImages } from '../../../../lib/datasets/export/encoded-images.ts';
import { exportDataset, type DatasetExportOptions } from '../../../../lib/datasets/export/export-dataset.ts';
import { splitNames, type PreparedDataset, type SplitName } from '../../../../lib/datasets/manifest.ts';
import { prepareDataset } from '../../../../lib/datasets/prepare-dataset.ts';
import { openPreparedDataset } from '../../../../lib/datasets/prepared-dataset.ts';
import { datasetSelectionSchema } from '../../../../lib/datasets/selection.ts';
import type { DatasetEntry } from '../../../../lib/datasets/source.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { imageDataset, noisyImages } from '../image-dataset.ts';

const hostile = ['../../../tmp/x', 'a/b\\c', '..', '', 'x'.repeat(300), 'Ä\u0308\u202e猫\n', 'con', 'CON'];

const options = { splits: splitNames, shardBytes: 20_000 } satisfies Partial<DatasetExportOptions>;

/** A prepared dataset of eight classes. */
async function prepared(fields: object = {}, channels = 3): Promise<PreparedDataset> {
  const images = noisyImages({ train: 40, validation: 9, test: 20 }, channels);
  const labelled = images.map((image, index) => ({ ...image, label: (3 * index) % hostile.length }));
  const { directory } = await prepareDataset(datasetSelectionSchema.parse({ dataset: 'images', ...fields }), {
    ...{ seed: 0, directory: await temporaryFolder() },
    entry: named(imageDataset(labelled, { channels }), hostile),
  });
  return openPreparedDataset(directory);
}

/** A dataset with other names of its classes. */
const named = (entry: DatasetEntry, classes: readonly string[]): DatasetEntry => ({
  ...entry,
  locate: async (...args) => {
    const location = await entry.locate(...args);
    return { ...location, open: async (signal) => ({ ...(await location.open(signal)), classes }) };
  },
});

const newPath = async () => join(await temporaryFolder(), 'exported');

/** Label and pixels of each image of a split, as they are prepared. */
async function expected(dataset: PreparedDataset, split: SplitName) {
  const { heights, widths } = dataset.sizes(split);
  const labels = await dataset.labels(split);
  return Promise.all(
    Array.from(labels, async (label, index) => ({
      label,
      size: [heights[index], widths[index]],
      pixels: Buffer.from(await dataset.gather(split, [index])),
    })),
  );
}

/** A PNG file as another program reads it. */
async function decoded(png: Buffer, label: number) {
  const { channels } = await sharp(png).metadata();
  const file = channels === 1 ? sharp(png).toColourspace('b-w') : sharp(png);
  const { data, info } = await file.raw().toBuffer({ resolveWithObject: true });
  return { label, size: [info.height, info.width], pixels: data };
}

/** The members of a tar archive in their order. */
async function membersOf(path: string): Promise<[name: string, content: Buffer][]> {
  const members: [string, Buffer][] = [];
  for await (const entry of createReadStream(path).pipe(tar.extract())) {
    expect(entry.header).toMatchObject({ type: 'file', mode: 0o644, mtime: new Date(0) });
    members.push([entry.header.name, await buffer(entry)]);
  }
  return members;
}

describe.each([
  ['grey squares', { fit: 'square' }, 1],
  ['squares in colour', { fit: 'square' }, 3],
  ['whole photos', { fit: 'short-side' }, 3],
  ['a subset', { classes: 3 }, 3],
] as const)('%s', (_, fields, channels) => {
  test('are read back from WebDataset archives, pixel by pixel', async () => {
    const dataset = await prepared(fields, channels);
    const folder = await newPath();
    const exported = await exportDataset(dataset, folder, { ...options, form: 'webdataset' });
    for (const split of splitNames) {
      const shards = exported[split]!.shards!;
      const files = shards.map(({ file }) => file);
      expect(files).toEqual(files.map((_, index) => `${split}-${String(index).padStart(6, '0')}.tar`));
      const members: [string, Buffer][] = [];
      for (const { file, images } of shards) {
        const path = join(folder, file);
        const own = await membersOf(path);
        expect(own).toHaveLength(2 * images);
        expect((await readFile(path)).length).toBeLessThanOrEqual(options.shardBytes);
        members.push(...own);
      }
      const images = await expected(dataset, split);
      expect(members).toHaveLength(2 * images.length);
      for (const [index, image] of images.entries()) {
        const [[clsName, cls], [pngName, png]] = [members[2 * index]!, members[2 * index + 1]!];
        const name = String(index).padStart(6, '0');
        expect([clsName, pngName]).toEqual([`${name}.cls`, `${name}.png`]);
        expect(await decoded(png, Number(cls.toString()))).toEqual(image);
      }
    }
    expect(exported.train!.shards!.length).toBeGreaterThan(1);
  });

  test('are read back from folders of their classes, pixel by pixel', async () => {
    const dataset = await prepared(fields, channels);
    const { manifest } = dataset;
    const folder = await newPath();
    await exportDataset(dataset, folder, { ...options, form: 'folder' });
    const description = JSON.parse(await readFile(join(folder, 'dataset.json'), 'utf8')) as { folders: string[] };
    expect(description).toMatchObject({ label: manifest.label, digest: manifest.digest, classes: manifest.classes });
    for (const split of splitNames) {
      // As ImageFolder numbers them.
      const classes = (await readdir(join(folder, split))).sort((a, b) => (a < b ? -1 : 1));
      expect(classes).toEqual(description.folders);
      const files: [name: string, label: number, png: Buffer][] = [];
      for (const [label, name] of classes.entries())
        for (const file of await readdir(join(folder, split, name)))
          files.push([file, label, await readFile(join(folder, split, name, file))]);
      files.sort(([a], [b]) => (a < b ? -1 : 1));
      const images = await expected(dataset, split);
      expect(files.map(([file]) => file)).toEqual(images.map((_, index) => `${String(index).padStart(6, '0')}.png`));
      for (const [index, [, label, png]] of files.entries()) expect(await decoded(png, label)).toEqual(images[index]);
    }
  });
});

test('names of folders are safe, distinct, and sort by label, whatever the classes are called', () => {
  const names = classFolderNames([...hostile, ...hostile]);
  expect(names.slice(0, 8)).toEqual([
    '00-.._.._.._tmp_x',
    '01-a_b_c',
    '02',
    '03',
    `04-${'x'.repeat(60)}`,
    '05-Ä\u0308_猫_',
    '06-con',
    '07-CON',
  ]);
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
  expect([...names].sort((a, b) => (a < b ? -1 : 1))).toEqual(names);
  for (const name of names) {
    expect(name).not.toContain(sep);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
  }
  // The longest letters there are.
  expect(Buffer.byteLength(classFolderNames(['𝒳'.repeat(300), 'b'])[0]!)).toBeLessThanOrEqual(255);
});

test('equal datasets give equal files', async () => {
  const dataset = await prepared();
  const [first, second] = [await newPath(), await newPath()];
  for (const folder of [first, second]) await exportDataset(dataset, folder, { ...options, form: 'webdataset' });
  const files = await readdir(first);
  expect(await readdir(second)).toEqual(files);
  for (const file of files) expect(await readFile(join(second, file))).toEqual(await readFile(join(first, file)));
});

test('only the splits that are asked for are written', async () => {
  const folder = await newPath();
  const written: [number, number][] = [];
  await exportDataset(await prepared(), folder, {
    ...{ ...options, form: 'folder', splits: ['test'] },
    onImage: (...progress) => written.push(progress),
  });
  expect((await readdir(folder)).sort()).toEqual(['dataset.json', 'test']);
  expect(written.at(-1)).toEqual([20, 20]);
});

test.each(['webdataset', 'folder'] as const)('an interrupted export of form %s leaves nothing', async (form) => {
  const parent = await temporaryFolder();
  const controller = new AbortController();
  const exporting = exportDataset(await prepared(), join(parent, 'exported'), {
    ...{ ...options, form, signal: controller.signal },
    onImage: (images) => images === 41 && controller.abort(new Error('enough')),
  });
  await expect(exporting).rejects.toThrow('enough');
  expect(await readdir(parent)).toEqual([]);
});

test.each(['webdataset', 'folder'] as const)('an export of form %s that cannot be written fails', async (form) => {
  const [parent, elsewhere] = [await temporaryFolder(), await temporaryFolder()];
  const exporting = exportDataset(await prepared(), join(parent, 'exported'), {
    ...{ ...options, form },
    // The folder goes away in the middle of the work.
    onImage: (images) => images === 5 && renameSync(parent, join(elsewhere, 'gone')),
  });
  await expect(exporting).rejects.toThrow('ENOENT');
});

test('an existing folder is not overwritten, even if it appears in the meantime', async () => {
  const dataset = await prepared();
  const folder = await newPath();
  await mkdir(join(folder, 'mine'), { recursive: true });
  const exporting = exportDataset(dataset, folder, { ...options, form: 'folder' });
  await expect(exporting).rejects.toThrow(`${folder} must not exist yet`);
  expect(await readdir(folder)).toEqual(['mine']);
  const other = await newPath();
  const late = exportDataset(dataset, other, {
    ...{ ...options, form: 'folder' },
    onImage: (images, of) => images === of && (mkdirSync(other), mkdirSync(join(other, 'mine'))),
  });
  await expect(late).rejects.toThrow(`${other} must not exist yet`);
  expect(await readdir(other)).toEqual(['mine']);
});

test('few images are in memory at a time', async () => {
  const dataset = await prepared({ fit: 'short-side' });
  const gathered: number[] = [];
  const observed: PreparedDataset = {
    manifest: dataset.manifest,
    labels: (split) => dataset.labels(split),
    ids: (split) => dataset.ids(split),
    pixels: (split) => dataset.pixels(split),
    // As if the images were of 3000 x 2000 pixels.
    sizes: (split) => {
      const { length } = dataset.sizes(split).heights;
      return { heights: new Uint16Array(length).fill(2000), widths: new Uint16Array(length).fill(3000) };
    },
    gather: (_, indices) => {
      gathered.push(indices.length);
      return Promise.resolve(new Uint8Array(indices.length * 3 * 2000 * 3000));
    },
  };
  let images = 0;
  for await (const { index } of encodedImages(observed, 'validation')) expect(index).toBe(images++);
  expect(images).toBe(9);
  expect(gathered).toEqual(Array(9).fill(1));
});
