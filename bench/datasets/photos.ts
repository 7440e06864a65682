import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createWriteStream } from 'node:fs';
import sharp from 'sharp';
import { pack } from 'tar-stream';
import type { DatasetSource } from '../../lib/datasets/source.ts';
import { givenSplits } from '../../lib/datasets/source.ts';

/** Makes JPEG files with as much detail as photos: waves and noise, each different. */
export function photos(count: number, width: number, height: number): Promise<Buffer[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) => {
      const pixels = Buffer.alloc(width * height * 3);
      let state = index + 1;
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          state = (1664525 * state + 1013904223) >>> 0;
          const value = 128 + 60 * Math.sin((x + index) / 17) + 40 * Math.cos(y / 23) + (state >>> 27);
          pixels.set([value, value * 0.8, 255 - value], (y * width + x) * 3);
        }
      return sharp(pixels, { raw: { width, height, channels: 3 } })
        .jpeg({ quality: 92 })
        .toBuffer();
    }),
  );
}

/** Makes a dataset of two classes with `count` files, which repeat the given ones. */
export function fileSource(files: readonly Buffer[], count: number): DatasetSource {
  const each = <T>(value: (index: number) => T) => Array.from({ length: count }, (_, index) => value(index));
  return {
    classes: ['even', 'odd'],
    images: {
      ids: each(String),
      labels: Uint16Array.from(each((index) => index % 2)),
      splits: new Uint8Array(count).fill(givenSplits.undivided),
    },
    leftOut: [],
    notes: [],
    // eslint-disable-next-line @typescript-eslint/require-await -- the contract is asynchronous, memory is not
    async *read({ from = 0 } = {}) {
      for (let index = from; index < count; index++)
        yield { index, content: { kind: 'file', bytes: files[index % files.length]! } };
    },
  };
}

/** Writes a tar of `count` files in two class folders. */
export async function writeArchive(path: string, files: readonly Buffer[], count: number): Promise<void> {
  const archive = pack();
  const written = pipeline(Readable.from(archive), createWriteStream(path) as Writable);
  for (let index = 0; index < count; index++) {
    const name = `${index % 2 === 0 ? 'even' : 'odd'}/${String(index).padStart(6, '0')}.jpg`;
    await new Promise<void>((resolve, reject) => {
      archive.entry({ name }, files[index % files.length]!, (error) => (error ? reject(error) : resolve()));
    });
  }
  archive.finalize();
  await written;
}
