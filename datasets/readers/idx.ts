import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DatasetError } from '../dataset-error.ts';
import { residentSplit, type SourceSplit } from '../split-source.ts';

const unsignedByte = 0x08;

/** The bytes of `path`, or of `path.gz` decompressed where only that exists. */
async function readPlainOrGzipped(path: string): Promise<{ file: string; bytes: Buffer }> {
  for (const file of [path, `${path}.gz`]) {
    let bytes: Buffer;
    try {
      bytes = await readFile(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      throw error;
    }
    if (file === path) return { file, bytes };
    try {
      return { file, bytes: await promisify(gunzip)(bytes) };
    } catch (error) {
      throw new DatasetError(`${file} must be a whole gzip file: ${(error as Error).message}`);
    }
  }
  throw new DatasetError(`${path} must exist, plain or with .gz at its end`);
}

/**
 * Reads an IDX file of unsigned bytes, plain or gzipped (the format of the MNIST page: two zero bytes, the type, the number
 * of dimensions, each size as a big-endian uint32, the data in row-major order).
 * @returns the sizes and the data, and the file that was read
 * @throws DatasetError naming file, byte (after decompression) and what would be right
 */
export async function readIdx(
  path: string,
  dimensions: number,
): Promise<{ file: string; shape: number[]; data: Uint8Array }> {
  const { file, bytes } = await readPlainOrGzipped(path);
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
  return { file, shape, data: bytes.subarray(header) };
}

const hex = (bytes: Buffer, start: number, end: number) => bytes.subarray(start, end).toString('hex');

/**
 * A split of grey images from an IDX pair, e.g. `train-images-idx3-ubyte` and `train-labels-idx1-ubyte`.
 * @throws DatasetError as `readIdx`, where the counts differ, or where a label is not below `classes`
 */
export async function readIdxSplit(imagesPath: string, labelsPath: string, classes: number): Promise<SourceSplit> {
  const images = await readIdx(imagesPath, 3);
  const labels = await readIdx(labelsPath, 1);
  const [count, height, width] = images.shape as [number, number, number];
  if (labels.shape[0] !== count)
    throw new DatasetError(
      `${labels.file}, byte 4: must have one label for each of the ${count} images of ${images.file}, got ${labels.shape[0]}`,
    );
  labels.data.forEach((label, index) => {
    if (label >= classes)
      throw new DatasetError(`${labels.file}, byte ${8 + index}: a label must be below ${classes}, got ${label}`);
  });
  return residentSplit(Uint16Array.from(labels.data), images.data, { height, width, channels: 1 });
}
