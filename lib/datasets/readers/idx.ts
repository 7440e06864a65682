import { largestDocument, type FileTree } from '../archives/file-tree.ts';
import { printable } from '../../core/printable.ts';
import { DatasetError } from '../dataset-error.ts';
import { givenSplits, type DatasetSource } from '../source.ts';
import { idsWithin, pixelSource } from './pixel-source.ts';

const unsignedByte = 0x08;

/**
 * Parses an IDX file of unsigned bytes (the format described on the MNIST page: two zero bytes, the type, the number of dimensions,
 * each size as a big-endian uint32, the data in row-major order).
 * @throws DatasetError naming file, byte and the expected value
 */
export function parseIdx(bytes: Buffer, file: string, dimensions: number): { shape: number[]; data: Buffer } {
  const fail = (offset: number, problem: string): never => {
    throw new DatasetError(`${file}, byte ${offset}: ${problem}`);
  };
  const header = 4 + 4 * dimensions;
  if (bytes.length < header) fail(bytes.length, `the header must have ${header} bytes, the file ends here`);
  if (bytes.readUInt16BE(0) !== 0) fail(0, `an IDX file must begin with two zero bytes, got ${hex(bytes, 0, 2)}`);
  if (bytes[2] !== unsignedByte) fail(2, `the type must be 08 (unsigned byte), got ${hex(bytes, 2, 3)}`);
  if (bytes[3] !== dimensions) fail(3, `the number of dimensions must be ${dimensions}, got ${bytes[3]}`);
  const shape = Array.from({ length: dimensions }, (_, axis) => bytes.readUInt32BE(4 + 4 * axis));
  shape.forEach((size, axis) => {
    if (size === 0) fail(4 + 4 * axis, `the size of dimension ${axis} must be at least 1, got 0`);
  });
  const expected = header + shape.reduce((product, size) => product * size, 1);
  if (bytes.length !== expected)
    fail(Math.min(bytes.length, expected), `${shape.join(' x ')} values need ${expected} bytes, got ${bytes.length}`);
  return { shape, data: bytes.subarray(header) };
}

const hex = (bytes: Buffer, start: number, end: number) => bytes.subarray(start, end).toString('hex');

/** The four files of a dataset of the MNIST family. */
const files = [
  { images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte', split: givenSplits.train },
  { images: 't10k-images-idx3-ubyte', labels: 't10k-labels-idx1-ubyte', split: givenSplits.test },
] as const;

/**
 * Reads a dataset of the MNIST family from its four files.
 * @param where its folder, for errors
 * @throws DatasetError like `parseIdx`, and if a file is missing, counts differ, or a label is not below the number of classes
 */
export async function readIdxFiles(tree: FileTree, classes: readonly string[], where: string): Promise<DatasetSource> {
  const contents = await readNamed(
    tree,
    files.flatMap(({ images, labels }) => [images, labels]),
    where,
  );
  const parts = files.map(({ images, labels, split }) => {
    const { shape, data } = parseIdx(contents.get(images)!, `${where}/${images}`, 3);
    const [count, height, width] = shape as [number, number, number];
    const labelled = parseIdx(contents.get(labels)!, `${where}/${labels}`, 1);
    if (labelled.shape[0] !== count)
      throw new DatasetError(
        `${where}/${labels}, byte 4: must have one label for each of the ${count} images of ${images}, got ${labelled.shape[0]}`,
      );
    const wrong = labelled.data.findIndex((label) => label >= classes.length);
    if (wrong >= 0)
      throw new DatasetError(
        `${where}/${labels}, byte ${8 + wrong}: a label must be below ${classes.length}, got ${labelled.data[wrong]}`,
      );
    return { name: images, split, count, labels: labelled.data, data, height, width };
  });
  const [train] = parts;
  return pixelSource({
    classes,
    images: {
      ids: parts.flatMap(({ name, count }) => idsWithin(name, count)),
      labels: Uint16Array.from(parts.flatMap(({ labels }) => [...labels])),
      splits: Uint8Array.from(parts.flatMap(({ split, count }) => Array<number>(count).fill(split))),
    },
    image: (index) => {
      const isTrain = index < train!.count;
      const { data, height, width } = isTrain ? train! : parts[1]!;
      const start = (isTrain ? index : index - train!.count) * height * width;
      return { pixels: data.subarray(start, start + height * width), height, width, channels: 1 };
    },
    leftOut: tree.leftOut,
    notes: tree.problems,
  });
}

/** Contents of files by their names; some copies have a dot instead of the second dash. */
async function readNamed(tree: FileTree, names: readonly string[], where: string): Promise<Map<string, Buffer>> {
  const rows = names.map((name) => {
    const row = tree.paths.findIndex((path) => path.slice(path.lastIndexOf('/') + 1).replace('.idx', '-idx') === name);
    if (row < 0) throw new DatasetError(`${where}/${name} must exist, plain or ending in .gz`);
    return row;
  });
  const contents = new Map<string, Buffer>();
  const inOrder = [...rows].sort((a, b) => a - b);
  for await (const file of tree.contents(inOrder, { limit: largestDocument })) {
    if (!('bytes' in file))
      throw new DatasetError(`${where}/${printable(tree.paths[file.row]!)} cannot be read: ${file.reason}`);
    contents.set(names[rows.indexOf(file.row)]!, file.bytes);
  }
  return contents;
}
