import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

/** The earliest time that a ZIP file can hold: equal contents give equal bytes. */
const options = { mtime: new Date(1980, 0, 1), mode: 0o100644, forceDosTimestamp: true };

/** Files as a ZIP archive, in their order; equal files give equal bytes. Each is compressed as it comes, and is not kept. */
export async function zipOf(
  files: Iterable<readonly [string, Uint8Array]> | AsyncIterable<readonly [string, Uint8Array]>,
): Promise<Buffer> {
  const archive = new ZipFile();
  const written = buffer(archive.outputStream);
  for await (const [name, content] of files) archive.addBuffer(Buffer.from(content), name, options);
  archive.end();
  return written;
}
