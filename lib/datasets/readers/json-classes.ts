import { readFile } from 'node:fs/promises';
import { DatasetError } from '../dataset-error.ts';

/**
 * Reads the images of one class from a JSON file `{ "data": [[pixel, ...], ...] }` with one flat row of `imageBytes` integers in [0, 255]
 * for each image. Empty rows hold no image and are left out.
 * @returns uint8, [images, imageBytes]
 * @throws DatasetError naming file, row, pixel and what would be right
 */
export async function readJsonClass(path: string, imageBytes: number): Promise<Uint8Array> {
  const text = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new DatasetError(error.code === 'ENOENT' ? `${path} must exist` : `${path} cannot be read: ${error.message}`);
  });
  return compactPixels(text, imageBytes) ?? checkedPixels(text, path, imageBytes);
}

/** Characters of JSON. */
const [comma, opening, closing, zero] = [...Buffer.from(',[]0')] as [number, number, number, number];
const start = '{"data":[';
const end = '}';

/**
 * Parses a file without spaces, several times as fast as through arrays of numbers.
 * @returns undefined if the file has anything but rows of `imageBytes` pixels and empty rows
 */
function compactPixels(text: Buffer, imageBytes: number): Uint8Array | undefined {
  if (text.toString('latin1', 0, start.length) !== start) return undefined;
  const pixels = new Uint8Array(text.length >> 1);
  let count = 0;
  let at = start.length;
  do {
    if (text[at++] !== opening) return undefined;
    if (text[at] === closing) {
      at++;
      continue;
    }
    const last = count + imageBytes;
    do {
      const first = text[at++]! - zero;
      if (!(first >= 0 && first <= 9)) return undefined;
      let pixel = first;
      for (let digit = text[at]! - zero; pixel > 0 && digit >= 0 && digit <= 9; digit = text[++at]! - zero) {
        pixel = 10 * pixel + digit;
        if (pixel > 255) return undefined;
      }
      if (count === last) return undefined;
      pixels[count++] = pixel;
    } while (text[at++] === comma);
    if (text[at - 1] !== closing || count !== last) return undefined;
  } while (text[at++] === comma);
  return text[at - 1] === closing && text.toString('latin1', at) === end ? pixels.slice(0, count) : undefined;
}

/** The same for any JSON. */
function checkedPixels(text: Buffer, path: string, imageBytes: number): Uint8Array {
  const rows = parsedRows(text, path).flatMap((row: unknown, index) => {
    if (!Array.isArray(row)) throw new DatasetError(`${path}, data[${index}] must be an array of pixels`);
    if (row.length !== 0 && row.length !== imageBytes)
      throw new DatasetError(`${path}, data[${index}] must have ${imageBytes} pixels, got ${row.length}`);
    return row.length === 0 ? [] : [{ row: row as unknown[], index }];
  });
  const pixels = new Uint8Array(rows.length * imageBytes);
  rows.forEach(({ row, index }, image) => {
    for (let i = 0; i < imageBytes; i++) {
      const pixel = row[i];
      if (typeof pixel !== 'number' || !(pixel >= 0 && pixel <= 255) || !Number.isInteger(pixel))
        throw new DatasetError(
          `${path}, data[${index}][${i}] must be an integer in [0, 255], got ${JSON.stringify(pixel)}`,
        );
      pixels[image * imageBytes + i] = pixel;
    }
  });
  return pixels;
}

function parsedRows(text: Buffer, path: string): unknown[] {
  let document: unknown;
  try {
    document = JSON.parse(text.toString());
  } catch (error) {
    throw new DatasetError(`${path} must be a JSON file: ${(error as Error).message}`);
  }
  const data = (document as { data?: unknown } | null)?.data;
  if (!Array.isArray(data)) throw new DatasetError(`${path} must be an object whose "data" is an array of images`);
  return data as unknown[];
}
