import { describe, expect, test } from 'vitest';
import { datasetSelectionSchema } from '../../../../lib/datasets/selection.ts';
import { planView } from '../../../../lib/datasets/views/plan-view.ts';

const images = (count: number) => Uint32Array.from({ length: count }, (_, position) => position);

const view = (train: number, validation: number, test: number, fields: object = {}) =>
  planView(
    {
      dataset: 'mine',
      classes: ['a', 'b'],
      labels: Uint16Array.from({ length: 100 }, (_, position) => position % 2),
      positions: { train: images(train), validation: images(validation), test: images(test) },
    },
    datasetSelectionSchema.parse({ dataset: 'mine', ...fields }),
    0,
    'mine',
  );

describe('a selection', () => {
  test('without test images is refused, as no network would have an error', () => {
    expect(() => view(8, 2, 0, { testFraction: 0 })).toThrow(
      'mine cannot be prepared:\n  testFraction must be large enough for a test image, got 0: the dataset has none of its own',
    );
    expect(() => view(8, 2, 0, { groupedSplits: true })).toThrow(
      'groupedSplits must be false: there are too few groups',
    );
  });

  test('without validation images is refused unless none are wanted', () => {
    expect(() => view(8, 0, 2)).toThrow(
      'validationFraction must be large enough for a validation image, or 0 for none, got 0.1',
    );
    expect(view(8, 0, 2, { validationFraction: 0 }).positions.validation).toHaveLength(0);
  });

  test('without training images is refused', () => {
    expect(() => view(0, 2, 2)).toThrow('no training images are left');
  });
});
