import { describe, expect, test } from 'vitest';
import { countByClass } from '../../../../lib/datasets/expected-images.ts';
import { readImageNet } from '../../../../lib/datasets/readers/imagenet.ts';
import { imagenetForms } from '../layouts/imagenet.ts';
import type { Tree } from '../layouts/tree.ts';
import { openTree } from '../open-tree.ts';

const read = async (tree: Tree) => readImageNet(await openTree(tree));
const forms = await imagenetForms({ classes: 3, train: 4, validation: 2 });
const kaggle = forms["Kaggle's files"]!;
const unpacked = forms['unpacked once, with the development kit']!;

const without = (tree: Tree, pattern: RegExp): Tree =>
  Object.fromEntries(Object.entries(tree).filter(([path]) => !pattern.test(path)));

describe('ImageNet', () => {
  test('has its training images by WordNet id, and its validation images as test images', async () => {
    const source = await read(forms['the tars as they are downloaded']!);
    expect(source.classes).toEqual(['n01440764', 'n01478097', 'n01515430']);
    expect(countByClass(source, 'train')).toEqual([4, 4, 4]);
    expect(countByClass(source, 'validation')).toEqual([0, 0, 0]);
    expect(countByClass(source, 'test')).toEqual([2, 2, 2]);
    expect(source.images.ids[0]).toBe('train/n01440764/n01440764_18.JPEG');
    expect(source.missing).toEqual([]);
  });

  test('leaves out test images, whose labels are not public', async () => {
    const source = await read(kaggle);
    expect(source.leftOut).toContainEqual({
      reason: 'unlabelled test images, and images outside the class folders',
      images: 1,
    });
    expect(source.images.ids.some((id) => id.includes('_test_'))).toBe(false);
  });

  test('whose validation images have no labels names the files that have them, and gives the rest', async () => {
    const source = await read(without(unpacked, /devkit/));
    expect(source.missing).toEqual([
      'labels of 6 validation images: put ILSVRC2012_devkit_t12.tar.gz or LOC_val_solution.csv beside them',
    ]);
    expect(countByClass(source, 'train')).toEqual([4, 4, 4]);
    expect(countByClass(source, 'test')).toEqual([0, 0, 0]);
  });

  test('can be training images alone', async () => {
    const source = await read(without(forms['folders of classes']!, /^val/));
    expect(countByClass(source, 'train')).toEqual([4, 4, 4]);
    expect(source.missing).toEqual([]);
  });

  const truth = 'ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt';
  test.each<[string, Tree, string]>([
    [
      'a class number that there is not',
      { ...unpacked, [truth]: '1\n2\n999\n' },
      'ILSVRC2012_validation_ground_truth.txt, line 3: must be a class number in meta.mat, got "999"',
    ],
    [
      'a damaged meta.mat',
      { ...unpacked, 'ILSVRC2012_devkit_t12/data/meta.mat': 'x' },
      'meta.mat must be a MATLAB 5 file',
    ],
    [
      'another list of solutions',
      { ...kaggle, 'LOC_val_solution.csv': 'ImageId,PredictionString\nILSVRC2012_val_00000001,tench' },
      'LOC_val_solution.csv, line 2: must be an image and its class',
    ],
  ])('with %s is refused, naming the place', async (_, tree, message) => {
    await expect(read(tree)).rejects.toThrow(message);
  });
});
