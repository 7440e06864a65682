import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import tar from 'tar-stream';
import yazl from 'yazl';

/** Files by their paths. */
export type Tree = Readonly<Record<string, Buffer | string>>;

/** Writes a tree below a folder. */
export async function writeTree(folder: string, tree: Tree): Promise<void> {
  for (const [path, content] of Object.entries(tree)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** A member that is no file. */
export interface OtherMember {
  name: string;
  type: 'symlink' | 'link' | 'character-device' | 'fifo';
  linkname?: string;
}

/** A tree in the order of its keys as a tar archive, after members that are no files. */
export async function tarOf(tree: Tree, others: readonly OtherMember[] = []): Promise<Buffer> {
  const pack = tar.pack();
  for (const header of others) pack.entry(header);
  for (const [name, content] of Object.entries(tree)) pack.entry({ name, mtime: new Date(0) }, Buffer.from(content));
  pack.finalize();
  return buffer(pack);
}

export async function gzippedTarOf(tree: Tree, others: readonly OtherMember[] = []): Promise<Buffer> {
  return gzipSync(await tarOf(tree, others));
}

/** A tree as a zip archive, its members compressed or stored as they are. */
export function zipOf(tree: Tree, { compress = true }: { compress?: boolean } = {}): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const [path, content] of Object.entries(tree))
    zip.addBuffer(Buffer.from(content), path, { compress, mtime: new Date(Date.UTC(2020, 0, 1)) });
  zip.end();
  return buffer(zip.outputStream);
}

/** The same files below a folder. */
export const within = (folder: string, tree: Tree): Tree =>
  Object.fromEntries(Object.entries(tree).map(([path, content]) => [`${folder}/${path}`, content]));
