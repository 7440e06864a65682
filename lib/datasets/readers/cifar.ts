import type { FileTree } from '../archives/file-tree.ts';
import { DatasetError } from '../dataset-error.ts';
import type { DatasetSource } from '../source.ts';
import { readCifarRecords, type CifarRecords } from './cifar-records.ts';
import { isImageName } from './folder-words.ts';
import { readNamedClasses } from './named-classes.ts';

/** Files of the Python version: pickles, which run code when they are read. */
const pickle = /(^|\/)(cifar-100?-python|cifar-10-batches-py)(\/|$)|\.pkl$|(^|\/)data_batch_\d$/i;

/**
 * Reads Cifar: its binary version, else images in class folders.
 * @param binaryVersion name of the archive to download
 * @throws DatasetError if there is only the Python version
 */
export async function readCifar(
  tree: FileTree,
  where: string,
  records: CifarRecords,
  binaryVersion: string,
): Promise<DatasetSource> {
  const source = await readCifarRecords(tree, records);
  if (source !== undefined) return source;
  if (!tree.paths.some(isImageName) && tree.paths.some((path) => pickle.test(path)))
    throw new DatasetError(
      `${where} has the Python version, which is not read because its pickles can run arbitrary code: download the binary version, ${binaryVersion}`,
    );
  return readNamedClasses(tree, { classes: records.classes });
}
