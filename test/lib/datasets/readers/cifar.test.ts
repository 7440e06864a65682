import { describe, expect, test } from 'vitest';
import { readCifar } from '../../../../lib/datasets/readers/cifar.ts';
import { gzippedTarOf, type Tree } from '../layouts/tree.ts';
import { imagesOf, openTree } from '../open-tree.ts';

const plane = 32 * 32;
const record = (...head: number[]) =>
  Buffer.concat([
    Buffer.from(head),
    ...[10, 20, 30].map((first) => Buffer.from(Array.from({ length: plane }, (_, i) => (first + i) % 256))),
  ]);

const records = (labelBytes: number) => ({
  classes: ['airplane', 'automobile'],
  labelBytes,
  files: [
    { name: 'train.bin', split: 0 },
    { name: 'test.bin', split: 2 },
  ],
});
const read = async (tree: Tree, labelBytes = 1) =>
  readCifar(await openTree(tree), 'cifar', records(labelBytes), 'cifar-binary.tar.gz');

describe('the binary version of Cifar', () => {
  test('has a label and planes of colours in a record: red, green and blue become those of each pixel', async () => {
    const source = await read({ 'x/train.bin': Buffer.concat([record(1), record(0)]), 'x/test.bin': record(1) });
    const images = await imagesOf(source);
    expect(images.map(({ id, className, split }) => `${id} ${className} ${split}`)).toEqual([
      'train.bin#0 automobile 0',
      'train.bin#1 airplane 0',
      'test.bin#0 automobile 2',
    ]);
    const { content } = images[0]!;
    if (content.kind !== 'pixels') throw new Error(content.kind);
    expect(content.image).toMatchObject({ height: 32, width: 32, channels: 3 });
    expect([...content.image.pixels.subarray(0, 6)]).toEqual([10, 20, 30, 11, 21, 31]);
    expect([...content.image.pixels.subarray(-3)]).toEqual([10, 20, 30].map((first) => (first + plane - 1) % 256));
  });

  test('has the fine label second if it has two', async () => {
    expect([...(await read({ 'train.bin': record(19, 1) }, 2)).images.labels]).toEqual([1]);
  });

  test.each<[string, Buffer, string]>([
    ['half a record', record(0).subarray(0, 2000), 'train.bin must have whole records of 3073 bytes, got 2000 bytes'],
    ['nothing', Buffer.alloc(0), 'train.bin must have whole records of 3073 bytes, got 0 bytes'],
    [
      'a label beyond the classes',
      Buffer.concat([record(0), record(2)]),
      'train.bin, record 1: the label must be below 2, got 2',
    ],
  ])('with %s is refused, naming file and record', async (_, bytes, message) => {
    await expect(read({ 'train.bin': bytes })).rejects.toThrow(message);
  });
});

test.each<[string, () => Promise<Tree>]>([
  [
    'as downloaded',
    async () => ({ 'cifar-10-python.tar.gz': await gzippedTarOf({ 'cifar-10-batches-py/data_batch_1': 'pickle' }) }),
  ],
  [
    'unpacked',
    () =>
      Promise.resolve({ 'cifar-10-batches-py/data_batch_1': 'pickle', 'cifar-10-batches-py/batches.meta': 'pickle' }),
  ],
  ['of Cifar100', () => Promise.resolve({ 'cifar-100-python/train': 'pickle', 'cifar-100-python/test': 'pickle' })],
])('the Python version %s is refused, naming the one to download', async (_, tree) => {
  await expect(read(await tree())).rejects.toThrow(
    'cifar has the Python version, which is not read because its pickles can run arbitrary code: download the binary version, cifar-binary.tar.gz',
  );
});

test('folders of classes are read if there are no records, whatever their names are separated by', async () => {
  const source = await read({ 'train/Airplane/1.png': 'x', 'test/automobile/2.png': 'x', 'train/ship/3.png': 'x' });
  expect(source.images.ids).toEqual(['test/automobile/2.png', 'train/airplane/1.png']);
  expect([...source.images.splits]).toEqual([2, 0]);
  expect(source.leftOut).toEqual([{ reason: 'images outside the class folders', images: 1 }]);
});
