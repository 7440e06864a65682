import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { leakageOf } from '../../../../lib/datasets/splits/leakage.ts';

const hashesOf = (contents: readonly string[]) =>
  Buffer.concat(contents.map((content) => createHash('sha256').update(content).digest()));
const positions = (...values: number[]) => Uint32Array.from(values);
const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const splits = { train: positions(0, 1, 2), validation: positions(3, 4), test: positions(5, 6, 7) };

test('images of the same pixels in two splits are counted, with examples', () => {
  const hashes = hashesOf(['x', 'y', 'x', 'z', 'y', 'x', 'z', 'w']);
  const { duplicates, groups } = leakageOf(splits, hashes, undefined, ids);
  expect(duplicates).toEqual([
    { split: 'validation', with: 'train', images: 1, examples: [['e', 'b']] },
    { split: 'test', with: 'train', images: 1, examples: [['f', 'a']] },
    { split: 'test', with: 'validation', images: 1, examples: [['g', 'd']] },
  ]);
  expect(groups).toBeNull();
});

test('hashes that begin alike are not the same', () => {
  const hashes = hashesOf(ids);
  hashes.copy(hashes, 5 * 32, 0, 31);
  expect(leakageOf(splits, hashes, undefined, ids).duplicates.map(({ images }) => images)).toEqual([0, 0, 0]);
});

test('images of the same group in two splits are counted', () => {
  const { groups } = leakageOf(splits, hashesOf(ids), Uint32Array.of(1, 1, 2, 3, 1, 2, 2, 9), ids);
  expect(groups!.map(({ images }) => images)).toEqual([1, 2, 0]);
});

test('many duplicates are counted all, with five examples', () => {
  const many = Array.from({ length: 100 }, (_, index) => `id ${index}`);
  const half = (start: number) => Uint32Array.from({ length: 50 }, (_, index) => start + index);
  const hashes = hashesOf(many.map(() => 'same'));
  const leakage = leakageOf({ train: half(0), validation: positions(), test: half(50) }, hashes, undefined, many);
  expect(leakage.duplicates[1]).toMatchObject({ images: 50 });
  expect(leakage.duplicates[1]!.examples).toHaveLength(5);
});
