import { readFile } from 'node:fs/promises';
import { DatasetError } from '../dataset-error.ts';

/**
 * Reads the images of one class from a JSON file `{ "data": [[pixel, ...], ...] }` with one flat row of `imageBytes`
 * integers in [0, 255] an image. Empty rows hold no image and are left out.
 * @returns uint8, [images, imageBytes]
 * @throws DatasetError naming file, row, pixel and what would be right
 */
export async function readJsonClass(path: string, imageBytes: number): Promise<Uint8Array> {
  const rows = (await parseRows(path)).flatMap((row: unknown, index) => {
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

async function parseRows(path: string): Promise<unknown[]> {
  let document: unknown;
  try {
    document = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new DatasetError(code === 'ENOENT' ? `${path} must exist` : `${path} must be a JSON file: ${message}`);
  }
  const data = (document as { data?: unknown } | null)?.data;
  if (!Array.isArray(data)) throw new DatasetError(`${path} must be an object whose "data" is an array of images`);
  return data as unknown[];
}
