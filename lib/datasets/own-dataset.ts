import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { DatasetError, MissingDatasetError } from './dataset-error.ts';
import { locateDownload, type Reader } from './downloaded-dataset.ts';
import { ownImageSize, type OwnSource } from './own-source.ts';
import { readClassFolders } from './readers/class-folders.ts';
import { readTable } from './readers/table.ts';
import type { DatasetEntry } from './source.ts';

/**
 * Returns the entry of a dataset that a study's config describes.
 * @param name its name in the config
 */
export function ownDataset(name: string, source: OwnSource): DatasetEntry {
  return {
    name,
    title: name,
    channels: source.channels,
    imageSize: ownImageSize,
    async locate(dataRoot, signal) {
      const path = await findPath(name, source.path, dataRoot);
      const located = await locateDownload(
        source.kind === 'table' ? dirname(path) : path,
        readerOf(source, path),
        signal,
      );
      if (located === undefined) throw new MissingDatasetError(name, `${path} is empty`);
      return located;
    },
  };
}

/** Looks up a relative path in the data root first, so that the same config works on every machine. */
async function findPath(name: string, path: string, dataRoot: string | undefined): Promise<string> {
  const candidates = [...new Set([dataRoot ?? '.', '.'].map((folder) => resolve(folder, path)))];
  for (const candidate of candidates) {
    const exists = await stat(candidate).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return false;
        throw error;
      },
    );
    if (exists) return candidate;
  }
  throw new MissingDatasetError(name, `source.path must exist, got ${path} (tried ${candidates.join(' and ')})`);
}

function readerOf(source: OwnSource, path: string): Reader {
  if (source.kind === 'folder') return { read: readClassFolders, put: 'images in folders of classes' };
  return {
    put: 'the images that the table lists',
    read: (tree, where) => {
      const table = tree.paths.indexOf(basename(path));
      if (table < 0) throw new DatasetError(`${where}/${basename(path)} must be a table`);
      return readTable(tree, table, source);
    },
  };
}
