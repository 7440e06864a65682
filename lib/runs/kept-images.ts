import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { OperationalError } from '../core/errors.ts';
import { readManifest } from '../datasets/prepared-dataset.ts';
import { bytesOf, imagesManifestSchema, manifestFile } from '../datasets/shards/images-manifest.ts';
import { folders } from '../datasets/views/write-view.ts';
import { folderBytes, orGone } from '../core/files/folder-bytes.ts';

/** A prepared dataset's view on images of this machine. */
export interface KeptView {
  digest: string;
  /** Its folder. */
  directory: string;
  /** Folder of the images. */
  images: string;
}

/** A folder of images on this machine, whole or not. */
export interface KeptImages {
  directory: string;
  /** Its size in bytes once all of its files have arrived. */
  bytes: number;
  /** Time of the last use or write, in milliseconds since 1970. */
  usedAt: number;
  views: KeptView[];
}

/**
 * Lists the views in a folder of prepared datasets.
 * @param onDamaged called for each view that cannot be read
 */
export async function keptViews(
  directory: string,
  onDamaged: (error: OperationalError) => void = () => {},
): Promise<KeptView[]> {
  const root = join(directory, folders.views);
  const views: KeptView[] = [];
  for (const name of (await orGone(readdir(root))) ?? [])
    try {
      const { digest, parent } = await readManifest(join(root, name));
      views.push({ digest, directory: join(root, name), images: join(root, name, parent.directory) });
    } catch (error) {
      if (!(error instanceof OperationalError)) throw error;
      onDamaged(error);
    }
  return views;
}

/** Lists all images in a folder of prepared datasets. */
export async function keptImages(directory: string): Promise<KeptImages[]> {
  const root = join(directory, folders.images);
  const views = await keptViews(directory);
  const names = ((await orGone(readdir(root))) ?? []).filter((name) => !name.endsWith('.lock'));
  const kept = names.map(async (name) => {
    const folder = join(root, name);
    const manifest = join(folder, manifestFile);
    const usedAt = ((await orGone(stat(manifest))) ?? (await orGone(stat(folder))))?.mtimeMs;
    if (usedAt === undefined) return [];
    const bytes = Math.max(await folderBytes(folder), await expectedBytes(manifest));
    return [{ directory: folder, bytes, usedAt, views: views.filter(({ images }) => basename(images) === name) }];
  });
  return (await Promise.all(kept)).flat();
}

/** Returns the bytes of images according to their manifest; 0 if it is missing or damaged. */
async function expectedBytes(manifest: string): Promise<number> {
  const text = await orGone(readFile(manifest, 'utf8'));
  if (text === undefined) return 0;
  try {
    return bytesOf(imagesManifestSchema.parse(JSON.parse(text)));
  } catch {
    return 0;
  }
}
