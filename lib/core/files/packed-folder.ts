import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { extract, pack, type Pack } from 'tar-stream';
import { makeFolder } from './make-folder.ts';

/**
 * Writes files and folders into a tar archive without holding any in memory. Links, pipes and devices in the folders are left out.
 * @param contents paths of files and folders, keyed by their names in the archive
 */
export async function packFolder(archivePath: string, contents: Readonly<Record<string, string>>): Promise<void> {
  const archive = pack();
  const fill = async () => {
    try {
      for (const [name, path] of Object.entries(contents)) await addTo(archive, path, name);
      archive.finalize();
    } catch (error) {
      archive.destroy(error as Error);
      throw error;
    }
  };
  // Writing ends with whichever error came first; a rejection that nothing awaits would end this process.
  const [written] = await Promise.allSettled([pipeline(archive, createWriteStream(archivePath)), fill()]);
  if (written.status === 'rejected') throw written.reason;
}

async function addTo(archive: Pack, path: string, name: string): Promise<void> {
  const found = await stat(path);
  if (found.isFile()) return pipeline(createReadStream(path), archive.entry({ name, size: found.size }));
  archive.entry({ name: `${name}/`, type: 'directory' });
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    const inner = join(entry.parentPath, entry.name);
    const innerName = join(name, relative(path, inner));
    if (entry.isFile()) await addTo(archive, inner, innerName);
    else if (entry.isDirectory()) archive.entry({ name: `${innerName}/`, type: 'directory' });
  }
}

/**
 * Unpacks such an archive into a folder.
 * @throws Error if the archive is damaged or cut short, or has a name that leads out of the folder
 */
export async function unpackFolder(archivePath: string, folder: string): Promise<void> {
  await makeFolder(folder);
  const archive = extract();
  // An archive that is cut short fails at its end, but the stream of the file being unpacked does not notice.
  const failing = new AbortController();
  const reading = pipeline(createReadStream(archivePath), archive);
  reading.catch((error: Error) => failing.abort(error));
  for await (const entry of archive) {
    const { name, type } = entry.header;
    if (name.startsWith('/') || name.split('/').includes('..'))
      throw new Error(`${archivePath} has a name that leads out of its folder: ${JSON.stringify(name)}`);
    const target = join(folder, name);
    if (type === 'directory') {
      await makeFolder(target);
      entry.resume();
    } else if (type === 'file') {
      await makeFolder(dirname(target));
      await pipeline(entry, createWriteStream(target), { signal: failing.signal }).catch((error: Error) => {
        throw failing.signal.aborted ? (failing.signal.reason as Error) : error;
      });
    } else throw new Error(`${archivePath} has ${JSON.stringify(name)}, which is neither a file nor a folder`);
  }
  await reading;
}
