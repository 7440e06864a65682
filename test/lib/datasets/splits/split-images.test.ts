import { describe, expect, test } from 'vitest';
import { splitImages, type ImagesToSplit, type SplitOptions } from '../../../../lib/datasets/splits/split-images.ts';
import { givenSplits } from '../../../../lib/datasets/source.ts';

const options: SplitOptions = { seed: 0, validationFraction: 0.1, testFraction: 0.2, grouped: false };

/** Images of four classes by turns. */
function images(given: readonly (keyof typeof givenSplits)[], groups?: readonly number[]): ImagesToSplit {
  return {
    dataset: 'some',
    classes: ['a', 'b', 'c', 'd'],
    labels: Uint16Array.from(given, (_, position) => position % 4),
    given: Uint8Array.from(given, (split) => givenSplits[split]),
    groups: groups && Uint32Array.from(groups),
  };
}

const repeated = (split: keyof typeof givenSplits, count: number) => Array<typeof split>(count).fill(split);
const countsByClass = (positions: Uint32Array) =>
  [0, 1, 2, 3].map((label) => positions.filter((position) => position % 4 === label).length);

/** Every image is in exactly one split. */
function expectPartition(splits: ReturnType<typeof splitImages>, count: number) {
  const all = [...splits.train, ...splits.validation, ...splits.test].sort((a, b) => a - b);
  expect(all).toEqual(Array.from({ length: count }, (_, position) => position));
  for (const positions of Object.values(splits)) expect([...positions]).toEqual([...positions].sort((a, b) => a - b));
}

describe('splits', () => {
  test('that are given are kept', () => {
    const given = [...repeated('train', 8), ...repeated('validation', 4), ...repeated('test', 4)];
    const splits = splitImages(images(given), options);
    expectPartition(splits, 16);
    expect([...splits.validation]).toEqual([8, 9, 10, 11]);
    expect([...splits.test]).toEqual([12, 13, 14, 15]);
  });

  test('without validation images have a share of each class of the training images held out', () => {
    const splits = splitImages(images([...repeated('test', 8), ...repeated('train', 120)]), options);
    expectPartition(splits, 128);
    expect(countsByClass(splits.validation)).toEqual([3, 3, 3, 3]);
    expect(splits.test).toHaveLength(8);
  });

  test('with validation images alone are tested on these, as pycls does', () => {
    const splits = splitImages(images([...repeated('train', 40), ...repeated('validation', 8)]), options);
    expectPartition(splits, 48);
    expect([...splits.test]).toEqual([40, 41, 42, 43, 44, 45, 46, 47]);
    expect(countsByClass(splits.validation)).toEqual([1, 1, 1, 1]);
  });

  test('that are not given at all are drawn, test images first', () => {
    const splits = splitImages(images(repeated('undivided', 200)), options);
    expectPartition(splits, 200);
    expect(countsByClass(splits.test)).toEqual([10, 10, 10, 10]);
    expect(countsByClass(splits.validation)).toEqual([4, 4, 4, 4]);
  });

  test('are the same again, and others for another seed', () => {
    const draw = (seed: number) => [...splitImages(images(repeated('undivided', 200)), { ...options, seed }).test];
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  test('of a class do not depend on the other classes', () => {
    const whole = images(repeated('undivided', 200));
    const withoutA: ImagesToSplit = { ...whole, given: whole.given.slice(), labels: whole.labels.slice() };
    // Images of class a become more of class d.
    withoutA.labels.forEach((label, position) => {
      if (label === 0) withoutA.labels[position] = 3;
    });
    const ofB = ({ test }: ReturnType<typeof splitImages>) => test.filter((position) => position % 4 === 1);
    expect(ofB(splitImages(withoutA, options))).toEqual(ofB(splitImages(whole, options)));
  });

  test('without a validation share have no validation images', () => {
    const splits = splitImages(images(repeated('undivided', 40)), { ...options, validationFraction: 0 });
    expectPartition(splits, 40);
    expect(splits.validation).toHaveLength(0);
  });
});

describe('grouped splits', () => {
  const grouped = { ...options, grouped: true };
  /** 60 groups of 1 to 12 images. */
  const groups = Array.from({ length: 60 }, (_, group) => Array<number>(1 + (group % 12)).fill(group)).flat();

  test('keep each group in one split, and each class near its share', () => {
    const splits = splitImages(images(repeated('undivided', groups.length), groups), grouped);
    expectPartition(splits, groups.length);
    const groupsOf = (positions: Uint32Array) => new Set([...positions].map((position) => groups[position]));
    const all = [splits.train, splits.validation, splits.test].map(groupsOf);
    expect(all.reduce((sum, { size }) => sum + size, 0)).toBe(60);
    const perClass = groups.length / 4;
    for (const count of countsByClass(splits.test)) expect(Math.abs(count - 0.2 * perClass)).toBeLessThan(4);
    for (const count of countsByClass(splits.validation)) expect(Math.abs(count - 0.08 * perClass)).toBeLessThan(4);
  });

  test('hold groups of one class out as if they were images', () => {
    const single = Array.from({ length: 400 }, (_, position) => position);
    const splits = splitImages(images(repeated('undivided', 400), single), grouped);
    expect(countsByClass(splits.test)).toEqual([20, 20, 20, 20]);
    expect(countsByClass(splits.validation)).toEqual([8, 8, 8, 8]);
  });

  test('are refused if no groups are known', () => {
    expect(() => splitImages(images(repeated('train', 8)), grouped)).toThrow(
      'some does not say which images belong together',
    );
  });
});
