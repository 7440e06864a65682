import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readIdx, readIdxSplit } from '../../../datasets/readers/idx.ts';
import { idx } from '../idx-bytes.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'idx-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function file(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

describe('readIdx', () => {
  it('reads sizes and data', async () => {
    const path = await file('images', idx([2, 1, 3], [1, 2, 3, 4, 5, 6]));
    const { shape, data } = await readIdx(path, 3);
    expect(shape).toEqual([2, 1, 3]);
    expect([...data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('reads a gzipped file under its plain name', async () => {
    await file('labels.gz', gzipSync(idx([3], [7, 8, 9])));
    const read = await readIdx(join(folder, 'labels'), 1);
    expect([...read.data]).toEqual([7, 8, 9]);
    expect(read.file).toBe(join(folder, 'labels.gz'));
  });

  const good = idx([2, 1, 3], [1, 2, 3, 4, 5, 6]);
  const changed = (offset: number, value: number) => {
    const bytes = Uint8Array.from(good);
    bytes[offset] = value;
    return bytes;
  };
  it.each<[string, Uint8Array, string]>([
    ['another magic number', changed(0, 0x1f), 'byte 0: an IDX file must begin with two zero bytes, got 1f00'],
    ['another type', changed(2, 0x0d), 'byte 2: the type must be 08 (unsigned byte), got 0d'],
    ['other dimensions', changed(3, 1), 'byte 3: the number of dimensions must be 3, got 1'],
    ['an empty dimension', changed(11, 0), 'byte 8: the size of dimension 1 must be at least 1, got 0'],
    ['a missing end', good.slice(0, -2), 'byte 20: 2 x 1 x 3 values need 22 bytes, got 20'],
    ['something after its end', Uint8Array.from([...good, 0]), 'byte 22: 2 x 1 x 3 values need 22 bytes, got 23'],
    ['half a header', good.slice(0, 9), 'byte 9: the header must have 16 bytes, the file ends here'],
    ['nothing in it', new Uint8Array(), 'byte 0: the header must have 16 bytes, the file ends here'],
  ])('refuses a file with %s, naming file and byte', async (_, bytes, message) => {
    const path = await file('images', bytes);
    await expect(readIdx(path, 3)).rejects.toThrow(`${path}, ${message}`);
  });

  it('refuses a gzip file that breaks off', async () => {
    const path = await file('images.gz', gzipSync(good).subarray(0, 20));
    await expect(readIdx(join(folder, 'images'), 3)).rejects.toThrow(`${path} must be a whole gzip file`);
  });

  it('names a file that is not there', async () => {
    const path = join(folder, 'images');
    await expect(readIdx(path, 3)).rejects.toThrow(`${path} must exist, plain or with .gz at its end`);
  });
});

describe('readIdxSplit', () => {
  it('gives the images asked for, in the order asked for', async () => {
    const images = await file('images', idx([3, 1, 2], [1, 2, 3, 4, 5, 6]));
    const split = await readIdxSplit(images, await file('labels', idx([3], [0, 1, 0])), 2);
    expect([...split.labels]).toEqual([0, 1, 0]);
    const read = [];
    for await (const { pixels, height, width, channels } of split.read([2, 0]))
      read.push([[...pixels], height, width, channels]);
    expect(read).toEqual([
      [[5, 6], 1, 2, 1],
      [[1, 2], 1, 2, 1],
    ]);
  });

  it('refuses a label beyond the classes, naming its byte', async () => {
    const images = await file('images', idx([3, 1, 1], [1, 2, 3]));
    const labels = await file('labels', idx([3], [0, 2, 1]));
    await expect(readIdxSplit(images, labels, 2)).rejects.toThrow(`${labels}, byte 9: a label must be below 2, got 2`);
  });

  it('refuses another number of labels than images', async () => {
    const images = await file('images', idx([3, 1, 1], [1, 2, 3]));
    const labels = await file('labels', idx([2], [0, 1]));
    await expect(readIdxSplit(images, labels, 2)).rejects.toThrow(
      `${labels}, byte 4: must have one label for each of the 3 images of ${images}, got 2`,
    );
  });
});
