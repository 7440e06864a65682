import { buffer } from 'node:stream/consumers';
import yauzl from 'yauzl';
import { ZipFile as WritableZip } from 'yazl';

/** The earliest time that a ZIP file can hold: equal contents give equal bytes. */
const options = { mtime: new Date(1980, 0, 1), mode: 0o100644, forceDosTimestamp: true };

/** Files as a ZIP archive, in their order; equal files give equal bytes. */
export function zipOf(files: ReadonlyMap<string, Uint8Array>): Promise<Buffer> {
  const archive = new WritableZip();
  for (const [name, content] of files) archive.addBuffer(Buffer.from(content), name, options);
  archive.end();
  return buffer(archive.outputStream);
}

/** Upper limits of the total bytes of an archive's contents and of the number of its files. */
export interface ZipLimits {
  bytes: number;
  files: number;
}

/**
 * The files of an untrusted ZIP archive, keyed by their names, which are untrusted too.
 * @throws Error if it is damaged, repeats a name, or exceeds the limits
 */
export async function unzip(content: Buffer, limits: ZipLimits): Promise<Map<string, Buffer>> {
  const archive = await yauzl.fromBufferPromise(content, { validateEntrySizes: true });
  const files = new Map<string, Buffer>();
  let bytes = 0;
  for await (const entry of archive.eachEntry()) {
    bytes += entry.uncompressedSize;
    if (files.has(entry.fileName)) throw new Error(`it contains ${JSON.stringify(entry.fileName)} twice`);
    if (bytes > limits.bytes) throw new Error(`its files must be at most ${limits.bytes} bytes in total`);
    if (files.size >= limits.files) throw new Error(`it must have at most ${limits.files} files`);
    if (!entry.fileName.endsWith('/'))
      files.set(entry.fileName, await buffer(await archive.openReadStreamPromise(entry)));
  }
  return files;
}
