import { describe, expect, test } from 'vitest';
import { labelled, selectionLabel, subsetColumns } from '../../../lib/datasets/selection-label.ts';
import { datasetSelectionSchema } from '../../../lib/datasets/selection.ts';

const select = (fields: object) => datasetSelectionSchema.parse({ dataset: 'mnist', ...fields });
const labelsOf = (...selections: object[]) => labelled(selections.map(select)).map(({ label }) => label);

test.each([
  [{}, 'mnist'],
  [{ classes: 5 }, 'mnist/5-classes'],
  [{ classes: 5, classDraw: 2 }, 'mnist/5-classes-draw-2'],
  [{ classes: 5, nestedClasses: true }, 'mnist/5-classes-nested'],
  [{ classes: ['Ankle boot', 'T-shirt/top'] }, 'mnist/ankle-boot-t-shirt-top'],
  [{ classes: ['a'.repeat(30), 'b'.repeat(30)] }, 'mnist/2-named-classes'],
  [{ controlFor: { classes: 5, classDraw: 2 } }, 'mnist/5-classes-draw-2-control'],
  [{ label: 'my/digits', classes: 5 }, 'my/digits'],
  [{ trainingImages: 1000 }, 'mnist'],
])('%j is called %s', (fields, label) => {
  expect(selectionLabel(select(fields))).toBe(label);
  expect(labelsOf(fields)).toEqual([label]);
});

describe('selections that would be called the same', () => {
  test('are told apart by whatever differs from a default', () => {
    expect(labelsOf({}, { trainingImages: 1000 })).toEqual(['mnist', 'mnist/1000-images']);
    expect(labelsOf({ trainingImages: 500, testImages: 50 }, { trainingImages: 1000, testImages: 50 })).toEqual([
      'mnist/500-images',
      'mnist/1000-images',
    ]);
    expect(labelsOf({ classes: 2 }, { classes: 2, trainingImages: 100, fit: 'short-side' })).toEqual([
      'mnist/2-classes',
      'mnist/2-classes-100-images-short-side',
    ]);
    expect(
      labelsOf(
        {},
        { groupedSplits: true },
        { imageSize: 64 },
        { validationFraction: 0.2 },
        { protocol: { epochs: 3, optimizer: { learningRate: 0.05 } } },
      ),
    ).toEqual([
      'mnist',
      'mnist/grouped',
      'mnist/64-pixels',
      'mnist/validation-fraction-0-2',
      'mnist/epochs-3-optimizer-learning-rate-0-05',
    ]);
  });

  test('never get the label of another one', () => {
    expect(labelsOf({ label: 'mnist' }, { trainingImages: 1000, label: 'mnist/64-pixels' }, { imageSize: 64 })).toEqual(
      ['mnist', 'mnist/64-pixels', 'mnist/64-pixels-2'],
    );
    // One that was given its default label while it was alone keeps it.
    expect(labelsOf({ label: 'mnist', trainingImages: 1000 }, {})).toEqual(['mnist', 'mnist-2']);
  });

  test('because they are alike stay so', () => {
    expect(labelsOf({ classes: 2 }, { classes: 2 })).toEqual(['mnist/2-classes', 'mnist/2-classes']);
  });

  test('of different datasets do not matter to each other', () => {
    expect(labelsOf({ trainingImages: 10 }, { dataset: 'cifar10', trainingImages: 20 })).toEqual(['mnist', 'cifar10']);
  });
});

test('labels that are resolved are kept when they are resolved again, alone or with others', () => {
  const resolved = labelled([{}, { trainingImages: 1000 }, { classes: 3 }].map(select));
  expect(labelled(resolved)).toEqual(resolved);
  expect(labelled([...resolved, select({ trainingImages: 2000 })]).map(({ label }) => label)).toEqual([
    ...['mnist', 'mnist/1000-images', 'mnist/3-classes', 'mnist/2000-images'],
  ]);
});

test('a label is made of the letters that file names and charts can take', () => {
  for (const label of ['Mnist', 'a b', '/a', 'a/', '../a', 'a//b', '', 'ä', '<b>'])
    expect(datasetSelectionSchema.safeParse({ dataset: 'mnist', label }).success, label).toBe(false);
});

test.each([
  [{}, { parentDataset: 'mnist', classes: null, classDraw: null, controlFor: null }],
  [
    { classes: 5, classDraw: 2 },
    { parentDataset: 'mnist', classes: 5, classDraw: 2, controlFor: null },
  ],
  [{ classes: ['a', 'b'] }, { parentDataset: 'mnist', classes: 2, classDraw: null, controlFor: null }],
  [
    { controlFor: { classes: 5 }, label: 'x' },
    { parentDataset: 'mnist', classes: null, classDraw: null, controlFor: 'mnist/5-classes' },
  ],
])('a results table tells of %j what it is a part of', (fields, columns) => {
  expect(subsetColumns(select(fields))).toEqual(columns);
});
