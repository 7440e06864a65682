import { readClassFolders } from '../readers/class-folders.ts';
import { readCoco } from '../readers/coco.ts';
import { givenSplits } from '../source.ts';
import { defineDataset } from './define.ts';

const group = 'Insecta';
const annotations = /(^|\/)(train|val)(_)?2017\.json$/i;

/**
 * Insects: a tree of species folders. It is not certain which dataset the reproduced study used: its counts match the museum
 * beetles (Hansen et al.), so these are expected; the insects of iNaturalist 2017 are accepted too, by their annotations or
 * their folders.
 */
export const insects = defineDataset({
  name: 'insects',
  title: 'Insects',
  channels: 3,
  imageSize: 296,
  expected: [
    { classes: 291, splits: { undivided: { images: 63_364 } }, isRecalled: true },
    { classes: 1021, splits: { undivided: { images: 118_555 } }, isRecalled: true },
    { classes: 1021, splits: { train: { images: 100_479 }, test: { images: 18_076 } }, isRecalled: true },
  ],
  publication: {
    homepage: 'https://zenodo.org/records/3549369',
    licence: 'CC BY 4.0 (iNaturalist 2017: the licence of each photo, for non-commercial research)',
    citation: `@article{hansen2020species,
  author = {Oskar L. P. Hansen and Jens-Christian Svenning and Kent Olsen and Steen Dupont and Beulah H. Garner and
    Alexandros Iosifidis and Benjamin W. Price and Toke T. H{\\o}ye},
  title = {Species-level image classification with convolutional neural network enables insect identification from habitus images},
  journal = {Ecology and Evolution}, volume = {10}, number = {2}, pages = {737--747}, year = {2020}, doi = {10.1002/ece3.5921}
}`,
    put:
      'a folder of images for each species, or zips or tars of them; or iNaturalist 2017: train_val_images.tar.gz or its folder ' +
      'Insecta/, with train2017.json and val2017.json to use its own split',
    bytes: 20_000_000_000,
    unverified:
      'which dataset the study used, the number of images and classes, the licence and the size of the download',
  },
  reader: {
    read: (tree, where) => {
      const documents = tree.paths.flatMap((path, row) => {
        const split = annotations.exec(path)?.[2]?.toLowerCase();
        return split === undefined
          ? []
          : [{ row, split: split === 'train' ? givenSplits.train : givenSplits.validation }];
      });
      return documents.length > 0 ? readCoco(tree, documents, group) : readClassFolders(tree, where, { within: group });
    },
  },
});
