import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parseIdx, readIdxFiles } from '../../../../lib/datasets/readers/idx.ts';
import { idx } from '../idx-bytes.ts';
import type { Tree } from '../layouts/tree.ts';
import { imagesOf, openTree } from '../open-tree.ts';

describe('parsing an IDX file', () => {
  test('gives its sizes and its data', () => {
    const { shape, data } = parseIdx(Buffer.from(idx([2, 1, 3], [1, 2, 3, 4, 5, 6])), 'images', 3);
    expect(shape).toEqual([2, 1, 3]);
    expect([...data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  const good = idx([2, 1, 3], [1, 2, 3, 4, 5, 6]);
  const changed = (offset: number, value: number) => {
    const bytes = Uint8Array.from(good);
    bytes[offset] = value;
    return bytes;
  };
  test.each<[string, Uint8Array, string]>([
    ['another magic number', changed(0, 0x1f), 'byte 0: an IDX file must begin with two zero bytes, got 1f00'],
    ['another type', changed(2, 0x0d), 'byte 2: the type must be 08 (unsigned byte), got 0d'],
    ['other dimensions', changed(3, 1), 'byte 3: the number of dimensions must be 3, got 1'],
    ['an empty dimension', changed(11, 0), 'byte 8: the size of dimension 1 must be at least 1, got 0'],
    ['a missing end', good.slice(0, -2), 'byte 20: 2 x 1 x 3 values need 22 bytes, got 20'],
    ['something after its end', Uint8Array.from([...good, 0]), 'byte 22: 2 x 1 x 3 values need 22 bytes, got 23'],
    ['half a header', good.slice(0, 9), 'byte 9: the header must have 16 bytes, the file ends here'],
    ['nothing in it', new Uint8Array(), 'byte 0: the header must have 16 bytes, the file ends here'],
  ])('refuses a file with %s, naming file and byte', (_, bytes, message) => {
    expect(() => parseIdx(Buffer.from(bytes), 'images', 3)).toThrow(`images, ${message}`);
  });
});

describe('the four files of a dataset', () => {
  const files = {
    'train-images-idx3-ubyte': Buffer.from(idx([3, 1, 2], [1, 2, 3, 4, 5, 6])),
    'train-labels-idx1-ubyte': Buffer.from(idx([3], [0, 1, 0])),
    't10k-images-idx3-ubyte': Buffer.from(idx([1, 1, 2], [7, 8])),
    't10k-labels-idx1-ubyte': Buffer.from(idx([1], [1])),
  };
  const read = async (tree: Tree) => readIdxFiles(await openTree(tree), ['a', 'b'], 'digits');

  test.each<[string, Tree]>([
    ['plain', files],
    ['gzipped', Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]))],
    [
      'with a dot for the second dash',
      Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name.replace('-idx', '.idx'), bytes])),
    ],
  ])('%s give their images in order, train before test', async (_, tree) => {
    const images = await imagesOf(await read(tree));
    expect(images.map(({ id, className, split }) => [id, className, split])).toEqual([
      ['train-images-idx3-ubyte#0', 'a', 0],
      ['train-images-idx3-ubyte#1', 'b', 0],
      ['train-images-idx3-ubyte#2', 'a', 0],
      ['t10k-images-idx3-ubyte#0', 'b', 2],
    ]);
    expect(images.map(({ content }) => content.kind === 'pixels' && [...content.image.pixels])).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
    ]);
  });

  test('a label beyond the classes is refused, naming its byte', async () => {
    const labels = Buffer.from(idx([3], [0, 2, 1]));
    await expect(read({ ...files, 'train-labels-idx1-ubyte': labels })).rejects.toThrow(
      'digits/train-labels-idx1-ubyte, byte 9: a label must be below 2, got 2',
    );
  });

  test('another number of labels than images is refused', async () => {
    const labels = Buffer.from(idx([2], [0, 1]));
    await expect(read({ ...files, 'train-labels-idx1-ubyte': labels })).rejects.toThrow(
      'digits/train-labels-idx1-ubyte, byte 4: must have one label for each of the 3 images of train-images-idx3-ubyte, got 2',
    );
  });

  test('a gzip file that breaks off is refused, naming it', async () => {
    const { 't10k-labels-idx1-ubyte': labels, ...others } = files;
    await expect(read({ ...others, 't10k-labels-idx1-ubyte.gz': gzipSync(labels).subarray(0, 12) })).rejects.toThrow(
      'digits/t10k-labels-idx1-ubyte cannot be read: it must be a whole gzip file',
    );
  });

  test('a file that is not there is named', async () => {
    const others = Object.fromEntries(Object.entries(files).slice(1));
    await expect(read(others)).rejects.toThrow('digits/train-images-idx3-ubyte must exist, plain or ending in .gz');
  });
});
