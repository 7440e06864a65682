import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatasetError } from './dataset-error.ts';
import { readIdxSplit } from './readers/idx.ts';
import type { DatasetLocation, DatasetSource } from './split-source.ts';

/** The four files of a dataset of the MNIST family, each plain or with `.gz` at its end. */
const files = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
} as const;

const present = (folder: string, file: string) =>
  [file, `${file}.gz`].find((candidate) => existsSync(join(folder, candidate)));

/**
 * Finds a dataset of the MNIST family in `<dataRoot>/<name>`; undefined where none of its files is there.
 * @throws DatasetError where only some of the files are
 */
export async function locateIdxFolder(
  dataRoot: string | undefined,
  name: string,
  classes: readonly string[],
): Promise<DatasetLocation | undefined> {
  if (dataRoot === undefined) return undefined;
  const folder = join(dataRoot, name);
  const found = Object.values(files).map((file) => present(folder, file));
  if (found.every((file) => file === undefined)) return undefined;
  const versions = await Promise.all(
    found.map(async (file, index) => {
      if (file === undefined)
        throw new DatasetError(
          `${join(folder, Object.values(files)[index]!)} must exist, plain or with .gz at its end`,
        );
      const { size, mtimeMs } = await stat(join(folder, file));
      return `${join(folder, file)} ${size} bytes of ${new Date(mtimeMs).toISOString()}`;
    }),
  );
  return { folder, version: versions.join('; '), open: () => openIdxFolder(folder, classes) };
}

/** Opens the four IDX files of a folder; throws as `readIdxSplit`. */
export async function openIdxFolder(folder: string, classes: readonly string[]): Promise<DatasetSource> {
  const path = (file: keyof typeof files) => join(folder, files[file]);
  const [train, test] = await Promise.all([
    readIdxSplit(path('trainImages'), path('trainLabels'), classes.length),
    readIdxSplit(path('testImages'), path('testLabels'), classes.length),
  ]);
  return { classes, train, test };
}
