import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalogue } from '../../datasets/catalogue/index.ts';
import { datasetFacts } from '../../datasets/dataset-facts.ts';
import { expectedSize } from '../../datasets/expected-size.ts';
import { prepareDataset } from '../../datasets/prepare-dataset.ts';
import { datasetSelectionSchema } from '../../datasets/selection.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { beetleForms } from './layouts/photos.ts';
import { within, writeTree } from './layouts/tree.ts';

const birds = (fields: object = {}) =>
  datasetSelectionSchema.parse({ dataset: 'birds', source: { kind: 'folder', path: 'birds', channels: 1 }, ...fields });

/** A data root with a folder `birds` of so many images in each of two classes, by split. */
async function dataRoot(counts: Record<string, number>): Promise<string> {
  const root = await temporaryFolder();
  const paths = Object.entries(counts).flatMap(([split, count]) =>
    ['jay', 'owl'].flatMap((name) => Array.from({ length: count }, (_, i) => join('birds', split, name, `${i}.jpg`))),
  );
  await writeTree(root, Object.fromEntries(paths.map((path) => [path, 'x'])));
  return root;
}

test.each([
  [{ '': 20 }, { trainingImages: 36, testImages: 4 }],
  [
    { train: 8, val: 3 },
    { trainingImages: 16, testImages: 6 },
  ],
  [
    { train: 8, val: 3, test: 2 },
    { trainingImages: 16, validationImages: 6, testImages: 4 },
  ],
])('a dataset of one’s own with %j images a class has %j', async (counts, images) => {
  const facts = await datasetFacts([birds(), birds({ classes: 2 })], await dataRoot(counts));
  const known = { name: 'birds', title: 'birds', channels: 1, imageSize: 256, classes: 2 };
  expect(facts).toEqual([...catalogue, { ...known, ...images }]);
});

test.each([{}, { classes: 2 }, { classes: 2, trainingImages: 9 }])(
  'a selection %j has the expected size when it is prepared, where no class needs rounding',
  async (fields) => {
    const folders = (await beetleForms({ species: 4, images: 20 }))['in folders']!;
    const root = await temporaryFolder();
    await writeTree(root, within('birds', folders));
    const selection = birds({ imageSize: 8, validationFraction: 0.25, testFraction: 0.2, ...fields });
    const facts = await datasetFacts([selection], root);
    const { train, validation, test: tested } = expectedSize(selection, facts.at(-1)!);
    const { manifest } = await prepareDataset(selection, {
      seed: 0,
      directory: join(root, 'prepared'),
      dataRoot: root,
    });
    const { splits } = manifest;
    expect([splits.train.images, splits.validation.images, splits.test.images]).toEqual([train, validation, tested]);
  },
);

test('those of the catalogue need not be there', async () => {
  expect(await datasetFacts([datasetSelectionSchema.parse({ dataset: 'imagenet' })], undefined)).toEqual(catalogue);
});

test('one of one’s own that is missing is told with its field', async () => {
  await expect(datasetFacts([birds()], await temporaryFolder())).rejects.toThrow('source.path must exist, got birds');
});
