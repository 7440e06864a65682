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

/** A tar archive of empty files with names in ASCII, in pieces: the fastest way to a great many. */
export function* tarOfEmptyFiles(names: Iterable<string>): Generator<Buffer> {
  const sum = (bytes: Uint8Array) => bytes.reduce((total, byte) => total + byte, 0);
  const template = Buffer.alloc(512);
  template.write('00000000000', 124);
  // The checksum counts its own eight bytes as spaces.
  template.write('        0', 148);
  template.write('ustar', 257);
  const templateSum = sum(template);
  const piece = Buffer.alloc(2048 * 512);
  let end = 0;
  for (const name of names) {
    const header = piece.subarray(end, (end += 512));
    header.set(template);
    header.write(name, 'latin1');
    header.write(`${(templateSum + sum(Buffer.from(name, 'latin1'))).toString(8).padStart(6, '0')}\0`, 148);
    if (end < piece.length) continue;
    yield Buffer.from(piece);
    end = 0;
  }
  yield Buffer.concat([piece.subarray(0, end), Buffer.alloc(1024)]);
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

/** Whether the images of a download come in the order of a compressed tar; ImageNet's development kit has none. */
export const hasStreamedImages = (tree: Tree) =>
  Object.keys(tree).some((path) => /(?<!devkit_t12\.tar)\.t?gz$/.test(path));
