import { expect, test } from 'vitest';
import { catalogue } from '../../../lib/datasets/catalogue/index.ts';
import { datasetSelectionSchema } from '../../../lib/datasets/selection.ts';
import { parseStudyConfig } from '../../../lib/study/config.ts';
import { preparationCosts } from '../../../lib/study/preparation-cost.ts';
import { preset } from '../../../lib/study/presets.ts';

const costs = (...selections: object[]) =>
  preparationCosts(
    selections.map((fields) => datasetSelectionSchema.parse(fields)),
    catalogue,
  );

test('all that is selected of a dataset in one form is prepared once, and costs the whole dataset', () => {
  const imagenet = { dataset: 'imagenet', fit: 'short-side', imageSize: 256 };
  expect(costs(imagenet, { ...imagenet, classes: 2 }, { ...imagenet, controlFor: { classes: 2 } })).toEqual([
    {
      dataset: 'imagenet',
      imageSize: 256,
      fit: 'short-side',
      images: 1_331_167,
      bytes: 1_331_167 * 256 * 256 * 4,
      hours: 1_331_167 / 150 / 16 / 3600,
      epochSeconds: (1_281_167 * 256 * 256 * 4) / 3e9,
    },
  ]);
  expect(costs(imagenet, { dataset: 'imagenet' })).toHaveLength(2);
});

test('pixels that are not decoded are reckoned by their bytes', () => {
  const [cost] = costs({ dataset: 'cifar10' });
  expect(cost!.hours * 3600).toBeCloseTo((60_000 * 3072) / 80e6 / 16, 6);
});

test('nothing is known of a dataset of one’s own', () => {
  expect(costs({ dataset: 'birds', source: { kind: 'folder', path: 'birds' } })).toEqual([]);
});

test('the datasets of the paper are prepared within an hour and a terabyte', () => {
  const all = preparationCosts(parseStudyConfig(preset('paper'), catalogue).datasets, catalogue);
  expect(all).toHaveLength(9);
  expect(all.reduce((sum, { hours }) => sum + hours, 0)).toBeLessThan(1);
  expect(all.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(1e12);
});
