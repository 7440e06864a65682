import { readNamedClasses } from '../readers/named-classes.ts';
import { splitOfWord } from '../readers/folder-words.ts';
import { givenSplits } from '../source.ts';
import { defineDataset } from './define.ts';

const classes = ['buildings', 'forest', 'glacier', 'mountain', 'sea', 'street'];

const splitFolders = new Map<string, number>([
  ['seg_train', givenSplits.train],
  ['seg_test', givenSplits.test],
]);

/** Natural: scenes of six kinds, known as Intel Image Classification. */
export const natural = defineDataset({
  name: 'natural',
  title: 'Natural',
  channels: 3,
  imageSize: 150,
  classNames: classes,
  expected: [
    {
      classes: 6,
      splits: {
        train: { images: 14_034, byClass: [2191, 2271, 2404, 2512, 2274, 2382] },
        test: { images: 3000, byClass: [437, 474, 553, 525, 510, 501] },
      },
    },
  ],
  publication: {
    homepage: 'https://www.kaggle.com/datasets/puneet6060/intel-image-classification',
    licence: 'not stated by the publisher',
    citation: `@misc{bansal2019intel,
  author = {Puneet Bansal},
  title = {Intel Image Classification},
  year = {2019}, howpublished = {Kaggle}, url = {https://www.kaggle.com/datasets/puneet6060/intel-image-classification}
}`,
    put: "Kaggle's archive.zip, or the folders seg_train/ and seg_test/ in it; the unlabelled seg_pred/ is ignored",
    bytes: 363_000_000,
    unverified: 'the licence and the size of the download',
  },
  reader: {
    read: (tree) =>
      readNamedClasses(tree, {
        classes,
        splitOf: (folder) => splitFolders.get(folder.toLowerCase()) ?? splitOfWord(folder),
        others: 'unlabelled images (seg_pred)',
      }),
  },
});
