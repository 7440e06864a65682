import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalogue } from '../../datasets/catalogue/index.ts';
import { datasetFacts } from '../../datasets/dataset-facts.ts';
import { datasetSelectionSchema } from '../../datasets/selection.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { writeTree } from './layouts/tree.ts';

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
  [{ '': 20 }, 36, 4],
  [{ train: 8, val: 3 }, 16, 6],
  [{ train: 8, val: 3, test: 2 }, 22, 4],
])(
  'a dataset of one’s own with %j images a class counts %i to train on and %i to test on',
  async (counts, trainingImages, testImages) => {
    const facts = await datasetFacts([birds(), birds({ classes: 2 })], await dataRoot(counts));
    expect(facts).toEqual([
      ...catalogue,
      { name: 'birds', title: 'birds', channels: 1, imageSize: 256, classes: 2, trainingImages, testImages },
    ]);
  },
);

test('those of the catalogue need not be there', async () => {
  expect(await datasetFacts([datasetSelectionSchema.parse({ dataset: 'imagenet' })], undefined)).toEqual(catalogue);
});

test('one of one’s own that is missing is told with its field', async () => {
  await expect(datasetFacts([birds()], await temporaryFolder())).rejects.toThrow('source.path must exist, got birds');
});
