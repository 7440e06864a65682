import { largestDocument, type FileTree } from '../archives/file-tree.ts';
import { printable } from '../../core/printable.ts';
import { DatasetError } from '../dataset-error.ts';
import type { DatasetSource, RawImage } from '../source.ts';
import { idsWithin, pixelSource } from './pixel-source.ts';

export interface CifarRecords {
  /** Class names; the position is the label. */
  classes: readonly string[];
  /** Bytes before the pixels of a record; the last of them is the label. */
  labelBytes: number;
  /** Names of the files and the splits of their images, in the order of the source. */
  files: readonly { name: string; split: number }[];
}

const side = 32;
const plane = side * side;
const channels = 3;

/**
 * Reads the binary version of Cifar: records of labels and 3,072 pixel values: first all red, then all green, then all blue values, row by
 * row.
 * @returns undefined if the tree has none of the files
 * @throws DatasetError naming the file and record that is wrong
 */
export async function readCifarRecords(
  tree: FileTree,
  { classes, labelBytes, files }: CifarRecords,
): Promise<DatasetSource | undefined> {
  const recordBytes = labelBytes + plane * channels;
  const rows = new Map(
    files.flatMap(({ name }) => {
      const row = tree.paths.findIndex((path) => path === name || path.endsWith(`/${name}`));
      return row < 0 ? [] : [[row, name] as const];
    }),
  );
  if (rows.size === 0) return undefined;
  const contents = new Map<string, Buffer>();
  for await (const file of tree.contents(
    [...rows.keys()].sort((a, b) => a - b),
    { limit: largestDocument },
  )) {
    const path = printable(tree.paths[file.row]!);
    if (!('bytes' in file)) throw new DatasetError(`${path} cannot be read: ${file.reason}`);
    checkRecords(file.bytes, path, { classes, labelBytes, recordBytes });
    contents.set(rows.get(file.row)!, file.bytes);
  }
  const parts = files.flatMap(({ name, split }) => {
    const bytes = contents.get(name);
    return bytes === undefined ? [] : [{ name, split, bytes, images: bytes.length / recordBytes }];
  });
  const records = parts.flatMap(({ bytes, images }) =>
    Array.from({ length: images }, (_, i) => bytes.subarray(i * recordBytes, (i + 1) * recordBytes)),
  );
  return pixelSource({
    classes,
    images: {
      ids: parts.flatMap(({ name, images }) => idsWithin(name, images)),
      labels: Uint16Array.from(records, (record) => record[labelBytes - 1]!),
      splits: Uint8Array.from(parts.flatMap(({ split, images }) => Array<number>(images).fill(split))),
    },
    leftOut: tree.leftOut,
    notes: tree.problems,
    image: (index) => interleaved(records[index]!.subarray(labelBytes)),
  });
}

function checkRecords(
  bytes: Buffer,
  path: string,
  { classes, labelBytes, recordBytes }: Pick<CifarRecords, 'classes' | 'labelBytes'> & { recordBytes: number },
): void {
  if (bytes.length === 0 || bytes.length % recordBytes !== 0)
    throw new DatasetError(`${path} must have whole records of ${recordBytes} bytes, got ${bytes.length} bytes`);
  for (let start = 0; start < bytes.length; start += recordBytes) {
    const label = bytes[start + labelBytes - 1]!;
    if (label >= classes.length)
      throw new DatasetError(
        `${path}, record ${start / recordBytes}: the label must be below ${classes.length}, got ${label}`,
      );
  }
}

/** Interleaves colour planes: [channels, height, width] to [height, width, channels]. */
function interleaved(planes: Buffer): RawImage {
  const pixels = new Uint8Array(planes.length);
  for (let i = 0, o = 0; i < plane; i++, o += channels) {
    pixels[o] = planes[i]!;
    pixels[o + 1] = planes[plane + i]!;
    pixels[o + 2] = planes[2 * plane + i]!;
  }
  return { pixels, height: side, width: side, channels };
}
