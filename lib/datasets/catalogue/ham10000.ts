import { DatasetError } from '../dataset-error.ts';
import { readTable } from '../readers/table.ts';
import { defineDataset } from './define.ts';

const metadata = /(^|\/)HAM10000_metadata(\.(csv|tab|tsv))?$/i;

/** HAM10000: dermatoscopic images of skin lesions (Tschandl et al. 2018) with seven diagnoses; the images of a lesion are a group. */
export const ham10000 = defineDataset({
  name: 'ham10000',
  title: 'HAM10000',
  channels: 3,
  hasGroups: true,
  imageSize: 296,
  classNames: ['akiec', 'bcc', 'bkl', 'df', 'mel', 'nv', 'vasc'],
  expected: [
    {
      classes: 7,
      splits: { undivided: { images: 10_015, byClass: [327, 514, 1099, 115, 1113, 6705, 142] } },
      groups: { count: 7470, of: 'lesions' },
    },
  ],
  publication: {
    homepage: 'https://doi.org/10.7910/DVN/DBW86T',
    licence: 'CC BY-NC 4.0',
    citation: `@article{tschandl2018ham10000,
  author = {Philipp Tschandl and Cliff Rosendahl and Harald Kittler},
  title = {The HAM10000 dataset, a large collection of multi-source dermatoscopic images of common pigmented skin lesions},
  journal = {Scientific Data}, volume = {5}, pages = {180161}, year = {2018}, doi = {10.1038/sdata.2018.161}
}`,
    put:
      'HAM10000_metadata.csv (or .tab) with HAM10000_images_part_1.zip and HAM10000_images_part_2.zip, or the folders in them, ' +
      "or one folder of all images; or Kaggle's zip of all of these",
    bytes: 2_770_000_000,
    unverified: 'the licence (some copies say CC BY-NC-SA 4.0) and the size of the download',
  },
  reader: {
    read: (tree, where) => {
      const table = tree.paths.findIndex((path) => metadata.test(path));
      if (table < 0) throw new DatasetError(`${where} must have HAM10000_metadata.csv beside the images`);
      return readTable(tree, table, { imageColumn: 'image_id', labelColumn: 'dx', groupColumn: 'lesion_id' });
    },
  },
});
