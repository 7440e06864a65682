import { createWriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { makeFolder } from '../core/files/make-folder.ts';

const openZip = promisify<string, yauzl.Options, ZipFile>(yauzl.open);

/**
 * Unpacks the wanted members of a wheel (a zip file) below a folder, at their own paths, and returns those paths. yauzl refuses absolute
 * paths and paths with `../..`, so nothing is written elsewhere.
 * @param wanted whether a member is unpacked, by its path
 */
export async function unpackWheel(
  wheel: string,
  folder: string,
  wanted: (path: string) => boolean,
  signal?: AbortSignal,
): Promise<string[]> {
  const zip = await openZip(wheel, { lazyEntries: true, autoClose: false });
  const openEntry = promisify<Entry, NodeJS.ReadableStream>(zip.openReadStream.bind(zip));
  const unpacked: string[] = [];
  try {
    for await (const entry of entries(zip)) {
      const path = entry.fileName;
      if (path.endsWith('/') || !wanted(path)) continue;
      await makeFolder(dirname(join(folder, path)));
      // The upper 16 bits are the Unix mode; the owner may always read and write.
      const mode = ((entry.externalFileAttributes >>> 16) & 0o777) | 0o600;
      await pipeline(await openEntry(entry), createWriteStream(join(folder, path), { mode }), { signal });
      unpacked.push(path);
    }
  } finally {
    zip.close();
  }
  return unpacked;
}

/** Reads the members of a zip file one by one. */
async function* entries(zip: ZipFile): AsyncGenerator<Entry> {
  for (let left = zip.entryCount; left > 0; left--)
    yield await new Promise<Entry>((resolve, reject) => {
      const settle = (done: () => void) => {
        zip.off('entry', onEntry).off('error', onError);
        done();
      };
      const onEntry = (entry: Entry) => settle(() => resolve(entry));
      const onError = (error: Error) => settle(() => reject(error));
      zip.on('entry', onEntry).on('error', onError);
      zip.readEntry();
    });
}
