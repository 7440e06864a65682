import { stat } from 'node:fs/promises';
import { FileTree } from './archives/file-tree.ts';
import { printable } from '../core/printable.ts';
import { loneFile, walkFolder, type FolderFiles } from './archives/walk-folder.ts';
import { DatasetError } from './dataset-error.ts';
import { leftOutText, type DatasetLocation, type DatasetSource } from './source.ts';

/** Version of the readers; incremented when they read a download differently, so that datasets are prepared again. */
const readersVersion = 2;

export interface Reader {
  /** @param where the folder, for errors */
  read: (tree: FileTree, where: string) => DatasetSource | Promise<DatasetSource>;
  /** Whether an archive with the given name can contain wanted files; if absent, all are opened. */
  wanted?: (archive: string) => boolean;
  /** Required content of the folder, for the error that there are no images. */
  put: string;
}

/**
 * Finds the dataset downloaded to a folder, or to a single archive given in place of a folder.
 * @returns undefined if there is nothing, or only files left behind by file managers and the like
 */
export async function locateDownload(
  path: string,
  reader: Reader,
  signal?: AbortSignal,
): Promise<DatasetLocation | undefined> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (stats === undefined) return undefined;
  const files = stats.isDirectory() ? await walkFolder(path, signal) : await loneFile(path);
  if (files.paths.length === 0) return undefined;
  return {
    form: formOf(files),
    folder: path,
    version: `files ${files.version}, readers ${readersVersion}`,
    open: (openSignal) => open(path, files, reader, openSignal),
  };
}

async function open(
  path: string,
  files: FolderFiles,
  { read, wanted, put }: Reader,
  signal?: AbortSignal,
): Promise<DatasetSource> {
  const tree = await FileTree.open(files, { ...(wanted && { wanted }), signal });
  try {
    const source = await read(tree, path);
    if (source.images.ids.length > 0) return source;
    const reasons = [...(source.missing ?? []), ...source.leftOut.map(leftOutText)];
    throw new DatasetError([`${path} has none of the dataset's images: it must contain ${put}`, ...reasons].join('; '));
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    const reasons = [...tree.problems, ...tree.leftOut.map(leftOutText)].map(printable);
    throw new DatasetError([error.message, ...reasons.filter((reason) => !error.message.includes(reason))].join('; '));
  }
}

/** Maximum number of names listed from a folder's contents. */
const mostNames = 4;

/** Describes the form of a download: `the folders seg_test and seg_train`, `the files a.tar and b.tar`. */
function formOf({ paths }: FolderFiles): string {
  const names = { files: new Set<string>(), folders: new Set<string>() };
  for (const path of paths) {
    const [first, ...rest] = path.split('/', 2);
    names[rest.length > 0 ? 'folders' : 'files'].add(first!);
  }
  const listed = (kind: string, [...all]: Set<string>) => {
    if (all.length === 0) return [];
    const shown = all.slice(0, mostNames).map(printable).join(', ');
    const more = all.length > mostNames ? ` and ${all.length - mostNames} more` : '';
    return [`${all.length === 1 ? kind.slice(0, -1) : kind} ${shown}${more}`];
  };
  return [...listed('folders', names.folders), ...listed('files', names.files)].join('; ');
}
