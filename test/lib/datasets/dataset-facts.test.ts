import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalogue } from '../../../lib/datasets/catalogue/index.ts';
import { datasetFacts } from '../../../lib/datasets/dataset-facts.ts';
import { expectedSize } from '../../../lib/datasets/expected-size.ts';
import { prepareDataset } from '../../../lib/datasets/prepare-dataset.ts';
import { datasetSelectionSchema } from '../../../lib/datasets/selection.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { beetleForms } from './layouts/photos.ts';
import { within, writeTree, type Tree } from './layouts/tree.ts';

const own = (fields: object = {}) =>
  datasetSelectionSchema.parse({ dataset: 'birds', source: { kind: 'folder', path: 'birds' }, ...fields });

async function factsOf(tree: Tree, fields?: object) {
  const root = await temporaryFolder();
  await writeTree(root, tree);
  return (await datasetFacts([own(fields)], root)).at(-1);
}

const files = (folder: string, count: number): Tree =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`birds/${folder}/${index}.jpg`, 'x']));

test('the datasets of the catalogue are known without any data', async () => {
  expect(await datasetFacts([datasetSelectionSchema.parse({ dataset: 'imagenet' })], undefined)).toEqual(catalogue);
});

test("the images of the user's own datasets are counted where they lie, divided as they will be", async () => {
  const undivided = { ...files('jay', 30), ...files('owl', 20) };
  expect(await factsOf(undivided)).toMatchObject({ name: 'birds', classes: 2, trainingImages: 45, testImages: 5 });
  expect(await factsOf(undivided, { testFraction: 0.2 })).toMatchObject({ trainingImages: 40, testImages: 10 });

  const divided = {
    ...files('train/jay', 6),
    ...files('train/owl', 6),
    ...files('val/jay', 2),
    ...files('val/owl', 1),
  };
  expect(await factsOf(divided)).toMatchObject({ classes: 2, trainingImages: 12, testImages: 3 });
  const tested = { ...divided, ...files('test/jay', 4), ...files('test/owl', 4) };
  expect(await factsOf(tested)).toMatchObject({ trainingImages: 12, validationImages: 3, testImages: 8 });
});

test.each([{}, { classes: 2 }, { classes: 2, trainingImages: 9 }])(
  'a selection %j has the expected size when it is prepared, where no class needs rounding',
  async (fields) => {
    const root = await temporaryFolder();
    await writeTree(root, within('birds', (await beetleForms({ species: 4, images: 20 }))['in folders']!));
    const selection = own({ imageSize: 8, validationFraction: 0.25, testFraction: 0.2, ...fields });
    const {
      train,
      validation,
      test: tested,
    } = expectedSize(selection, (await datasetFacts([selection], root)).at(-1)!);
    const { manifest } = await prepareDataset(selection, {
      seed: 0,
      directory: join(root, 'prepared'),
      dataRoot: root,
    });
    const { splits } = manifest;
    expect([splits.train.images, splits.validation.images, splits.test.images]).toEqual([train, validation, tested]);
  },
);

test('a missing dataset is named with the places where it was looked for', async () => {
  await expect(datasetFacts([own()], await temporaryFolder())).rejects.toThrow(
    /birds is missing: source\.path must exist, got birds \(tried /,
  );
});

test.each([
  [{ classes: ['jay', 'emu'] }, 'birds/jay-emu: classes must be classes of birds (jay, owl), got "emu"'],
  [{ classes: 3 }, 'birds/3-classes: classes must be at most 2 (birds has 2), got 3'],
  [
    { controlFor: { classes: 5 } },
    'birds/5-classes-control: controlFor.classes must be at most 2 (birds has 2), got 5',
  ],
  [{ groupedSplits: true }, 'groupedSplits must be false, since birds does not say which images belong together'],
])('a study that asks for %j of a dataset with two classes and no groups is refused', async (fields, problem) => {
  await expect(factsOf({ ...files('jay', 30), ...files('owl', 20) }, fields)).rejects.toThrow(
    `The study asks for something that its datasets do not have:\n  ${problem}`,
  );
});

test('a study whose splits would have no images is refused before anything is read', async () => {
  const few = { ...files('jay', 4), ...files('owl', 4) };
  await expect(factsOf(few)).rejects.toThrow(
    'testFraction must be large enough for a test image, got 0.1: the dataset has none of its own\n' +
      '  validationFraction must be large enough for a validation image, or 0 for none, got 0.1',
  );
  await expect(factsOf(few, { testFraction: 0.25, validationFraction: 0 })).resolves.toMatchObject({ testImages: 2 });
});
