import { describe, expect, test } from 'vitest';
import { pixelSource } from '../../../lib/datasets/readers/pixel-source.ts';
import { incompleteness } from '../../../lib/datasets/expected-images.ts';
import { givenSplits, type ExpectedImages } from '../../../lib/datasets/source.ts';

/** A source with so many images of each class in a split. */
function sourceOf(counts: Partial<Record<keyof typeof givenSplits, number[]>>, groups = 0) {
  const images = Object.entries(counts).flatMap(([split, byClass]) =>
    byClass.flatMap((count, label) =>
      Array.from({ length: count }, () => ({ label, split: givenSplits[split as 'train'] })),
    ),
  );
  return pixelSource({
    classes: ['a', 'b'],
    images: {
      ids: images.map((_, index) => String(index)),
      labels: Uint16Array.from(images, ({ label }) => label),
      splits: Uint8Array.from(images, ({ split }) => split),
      ...(groups > 0 && { groups: Uint32Array.from(images, (_, index) => index % groups) }),
    },
    image: () => ({ pixels: new Uint8Array(1), height: 1, width: 1, channels: 1 }),
  });
}

describe('a dataset', () => {
  const published: ExpectedImages = {
    classes: 2,
    splits: { train: { images: 10, byClass: [4, 6] }, test: { images: 4, byClass: 2 } },
  };

  test('that has the published images, or more, is complete', () => {
    expect(incompleteness(sourceOf({ train: [4, 6], test: [2, 2] }), [published])).toEqual([]);
    expect(incompleteness(sourceOf({ train: [5, 6], test: [2, 9], validation: [1, 1] }), [published])).toEqual([]);
    expect(incompleteness(sourceOf({ undivided: [1, 1] }))).toEqual([]);
  });

  test('that has fewer lacks the others, by split and class', () => {
    expect(incompleteness(sourceOf({ train: [4, 5], test: [1, 3] }), [published])).toEqual([
      'train images: 9 of 10 were found',
      'train images are missing in 1 class: b (5 of 6)',
      'test images are missing in 1 class: a (1 of 2)',
    ]);
  });

  test('of recalled counts may have a tenth less', () => {
    const recalled: ExpectedImages = { classes: 2, splits: { undivided: { images: 100 } }, isRecalled: true };
    expect(incompleteness(sourceOf({ undivided: [45, 45] }), [recalled])).toEqual([]);
    expect(incompleteness(sourceOf({ undivided: [45, 44] }), [recalled])).toEqual([
      'images: 89 of about 100 were found',
    ]);
  });

  test('lacks groups if it has fewer', () => {
    const grouped: ExpectedImages = {
      classes: 2,
      splits: { undivided: { images: 8 } },
      groups: { count: 4, of: 'photos' },
    };
    expect(incompleteness(sourceOf({ undivided: [4, 4] }, 4), [grouped])).toEqual([]);
    expect(incompleteness(sourceOf({ undivided: [4, 4] }, 3), [grouped])).toEqual(['photos: 3 of 4 were found']);
  });

  test('is compared with the form that it has', () => {
    const forms: ExpectedImages[] = [
      { classes: 2, splits: { undivided: { images: 10 } } },
      { classes: 2, splits: { train: { images: 6 }, test: { images: 4 } } },
    ];
    expect(incompleteness(sourceOf({ train: [3, 3], test: [2, 2] }), forms)).toEqual([]);
    expect(incompleteness(sourceOf({ undivided: [5, 5] }), forms)).toEqual([]);
    expect(incompleteness(sourceOf({ undivided: [5, 4] }), forms)).toEqual(['images: 9 of 10 were found']);
  });

  test('that lacks what its own annotations list is not complete, whatever is published', () => {
    const source = { ...sourceOf({ undivided: [5, 5] }), missing: ['2 images are not there'] };
    expect(incompleteness(source)).toEqual(['2 images are not there']);
  });
});
