import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FileTree } from '../../../../lib/datasets/archives/file-tree.ts';
import { walkFolder } from '../../../../lib/datasets/archives/walk-folder.ts';
import { readClassFolders } from '../../../../lib/datasets/readers/class-folders.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { tarOf, tarOfEmptyFiles, writeTree, zipOf, type Tree } from '../layouts/tree.ts';
import { imagesOf, openTree } from '../open-tree.ts';

const read = async (tree: Tree, within?: string) =>
  readClassFolders(await openTree(tree), 'birds', within === undefined ? {} : { within });

/** The ids of a tree of image files, with class and split. */
async function summary(paths: readonly string[], within?: string): Promise<string[]> {
  const images = await imagesOf(await read(Object.fromEntries(paths.map((path) => [path, path])), within));
  return images.map(({ id, className, split }) => `${id} ${className} ${split}`);
}

describe('folders of classes', () => {
  test('without splits are undivided, numbered in the order of their names', async () => {
    expect(await summary(['owl/2.png', 'owl/1.JPG', 'jay/1.jpeg', 'jay/juvenile/3.webp'])).toEqual([
      'jay/1.jpeg jay 255',
      'jay/juvenile/3.webp jay 255',
      'owl/1.JPG owl 255',
      'owl/2.png owl 255',
    ]);
  });

  test('in folders of splits belong to these, whatever their case', async () => {
    const paths = ['Train/jay/1.jpg', 'Train/owl/1.jpg', 'valid/jay/2.jpg', 'valid/owl/2.jpg', 'TEST/jay/3.jpg'];
    expect(await summary(paths)).toEqual([
      'test/jay/3.jpg jay 2',
      'train/jay/1.jpg jay 0',
      'train/owl/1.jpg owl 0',
      'val/jay/2.jpg jay 1',
      'val/owl/2.jpg owl 1',
    ]);
  });

  test('of only train/ and val/ are for training and testing: results on such a dataset are results on val/', async () => {
    expect(await summary(['train/jay/1.jpg', 'train/owl/1.jpg', 'val/jay/2.jpg'])).toEqual([
      'train/jay/1.jpg jay 0',
      'train/owl/1.jpg owl 0',
      'val/jay/2.jpg jay 2',
    ]);
  });

  test.each([
    ['a folder', ['birds/jay/1.jpg', 'birds/owl/2.jpg']],
    [
      'several folders and a file beside them',
      ['download/birds/v1/jay/1.jpg', 'download/birds/v1/owl/2.jpg', 'logo.png'],
    ],
    ['a folder train/ alone', ['train/jay/1.jpg', 'train/owl/2.jpg']],
  ])('are found in %s around them', async (_, paths) => {
    expect(await summary(paths)).toEqual(['jay/1.jpg jay 255', 'owl/2.jpg owl 255']);
  });

  test('are found in the folder of a split within a folder of the same name', async () => {
    expect(await summary(['x/train/train/jay/1.jpg', 'x/train/train/owl/1.jpg', 'x/test/test/jay/2.jpg'])).toEqual([
      'test/jay/2.jpg jay 2',
      'train/jay/1.jpg jay 0',
      'train/owl/1.jpg owl 0',
    ]);
  });

  test.each([
    ['training_set', 'test_set'],
    ['seg_train/seg_train', 'seg_test/seg_test'],
    ['train_images', 'test_images'],
    ['TrainingSet', 'TestSet'],
    ['train2017', 'test2017'],
    ['Training Data', 'Testing Data'],
    ['traindata', 'testdata'],
  ])('are found in %s/ and %s/, as data are published', async (train, tested) => {
    expect(await summary([`${train}/jay/1.jpg`, `${train}/owl/1.jpg`, `${tested}/jay/2.jpg`])).toEqual([
      'test/jay/2.jpg jay 2',
      'train/jay/1.jpg jay 0',
      'train/owl/1.jpg owl 0',
    ]);
  });

  test('of two folders of one split are all kept, also if their files have the same names', async () => {
    expect(await summary(['train1/jay/1.jpg', 'train2/jay/1.jpg', 'train2/owl/1.jpg', 'test/jay/1.jpg'])).toEqual([
      'test/jay/1.jpg jay 2',
      'train/train1/jay/1.jpg jay 0',
      'train/train2/jay/1.jpg jay 0',
      'train/train2/owl/1.jpg owl 0',
    ]);
  });

  test.each([
    ['without splits', ['car/1.jpg', 'train/1.jpg', 'test/1.jpg'], ['car/1.jpg', 'test/1.jpg', 'train/1.jpg']],
    ['within splits', ['train/car/1.jpg', 'train/train/1.jpg'], ['train/car/1.jpg', 'train/train/1.jpg']],
    [
      'within both splits',
      ['train/car/1.jpg', 'train/train/1.jpg', 'test/train/1.jpg', 'test/test/1.jpg'],
      ['test/test/1.jpg', 'test/train/1.jpg', 'train/car/1.jpg', 'train/train/1.jpg'],
    ],
  ])('may be called train or test, %s', async (_, paths, ids) => {
    expect((await read(Object.fromEntries(paths.map((path) => [path, path])))).images.ids).toEqual(
      paths[0]!.startsWith('train/') && paths.length === 2 ? ids.map((id) => id.replace('train/', '')) : ids,
    );
  });

  test('are still found if a split is there twice, packed and unpacked', async () => {
    const source = await read({
      'train.zip': await zipOf({ 'train/jay/1.jpg': '1', 'train/owl/1.jpg': '1' }),
      'train/jay/1.jpg': '1',
      'train/owl/1.jpg': '1',
      'test/jay/2.jpg': '2',
    });
    expect(source.images.ids).toEqual(['test/jay/2.jpg', 'train/jay/1.jpg', 'train/owl/1.jpg']);
  });

  test.each([
    [
      'of the same folders: the level above the classes',
      ['catsdogs/cats/1.jpg', 'catsdogs/dogs/1.jpg', 'PetImages/cats/1.jpg', 'PetImages/dogs/2.jpg'],
      'birds: PetImages/ and catsdogs/ have the same folders in them (cats, dogs)',
    ],
    [
      'of a dataset beside something else',
      ['Data/train/cats/1.jpg', 'Data/test/cats/1.jpg', 'samples/1.jpg'],
      'birds: Data/ has splits in it (test, train), so it is not a class',
    ],
    [
      'of splits without one for training',
      ['valid/cats/1.jpg', 'valid/dogs/1.jpg', 'other/1.jpg'],
      'birds: valid/ is a split without one for training',
    ],
    ['of images and masks', ['images/1.png', 'masks/1.png'], 'birds: images/ and masks/ are splits or kinds of files'],
    [
      'of images and masks of each split',
      ['train/images/1.png', 'train/masks/1.png', 'val/images/2.png', 'val/masks/2.png'],
      'birds: images/ and masks/ are splits or kinds of files, not classes',
    ],
    [
      'of images by split, whose classes are in a table',
      ['train_images/1.png', 'test_images/1.png'],
      'birds: test_images/ and train_images/ are splits or kinds of files, not classes',
    ],
  ])('are not taken from folders %s', async (_, paths, message) => {
    await expect(summary(paths)).rejects.toThrow(message);
    await expect(summary(paths)).rejects.toThrow('list the images in a table (kind: table)');
  });

  test('may have one folder of the same name each, as in Tiny ImageNet', async () => {
    expect(await summary(['train/n01/images/1.jpg', 'train/n02/images/2.jpg', 'test/n01/images/3.jpg'])).toHaveLength(
      3,
    );
  });

  test('without a readable image are missing, with the contents that they have instead', async () => {
    const folder = await temporaryFolder();
    await writeTree(folder, {
      'jay/1.jpg': '1',
      'owl/1.jpg': '1',
      'emu/1.ppm': '1',
      'emu/2.ppm': '1',
      'docs/a.txt': 'a',
    });
    await mkdir(join(folder, 'kea'));
    await mkdir(join(folder, 'moa'));
    await symlink('nowhere', join(folder, 'moa/1.jpg'));
    await symlink('nowhere', join(folder, 'jay/2.jpg'));
    await writeFile(join(folder, 'tui.zip'), await zipOf({}));
    const source = readClassFolders(await FileTree.open(await walkFolder(folder)), 'birds');
    expect(source.classes).toEqual(['jay', 'owl']);
    expect(source.missing).toEqual([
      'images of the class kea: its folder has no files',
      'images of the class tui: its folder has no files',
      'images of the class moa: its folder has links to missing files',
      'images of the class emu: its folder has .ppm files, which are not read',
      '2 links to images lead to missing files (fetch them first, e.g. by git annex get or dvc pull): jay/2.jpg, moa/1.jpg',
    ]);
    expect(source.leftOut).toEqual([
      { reason: 'files whose names are not those of images', images: 1 },
      { reason: 'images in a format that is not read: .ppm', images: 2 },
    ]);
  });

  test('can be archives, one a class or one a split', async () => {
    const perClass = await read({
      'jay.zip': await zipOf({ '1.jpg': '1' }),
      'owl.tar': await tarOf({ 'owl/2.jpg': '2' }),
    });
    expect(perClass.images.ids).toEqual(['jay/1.jpg', 'owl/owl/2.jpg']);
    const perSplit = await read({
      'train.zip': await zipOf({ 'train/jay/1.jpg': '1', 'train/owl/1.jpg': '1' }),
      'test.zip': await zipOf({ 'jay/2.jpg': '2' }),
    });
    expect(perSplit.images.ids).toEqual(['test/jay/2.jpg', 'train/jay/1.jpg', 'train/owl/1.jpg']);
  });

  test('are only those in the folder of a certain name, if it is there', async () => {
    const paths = ['x/Insecta/fly/1.jpg', 'x/Insecta/bee/2.jpg', 'x/Aves/jay/3.jpg', 'x/Aves/owl/3.jpg'];
    expect(await summary(paths, 'Insecta')).toEqual(['bee/2.jpg bee 255', 'fly/1.jpg fly 255']);
    expect(await summary(paths.slice(2), 'Insecta')).toEqual(['jay/3.jpg jay 255', 'owl/3.jpg owl 255']);
  });

  test('leave out and count files beside them', async () => {
    const source = await read(
      Object.fromEntries(
        [
          'train/jay/1.jpg',
          'train/owl/1.jpg',
          'train/stray.jpg',
          'extra/jay/2.jpg',
          'train/jay/notes.txt',
          'readme.md',
        ].map((path) => [path, 'x']),
      ),
    );
    expect(source.images.ids).toEqual(['train/jay/1.jpg', 'train/owl/1.jpg']);
    expect(source.leftOut).toEqual([
      { reason: 'files whose names are not those of images', images: 2 },
      { reason: 'images outside the class folders', images: 2 },
    ]);
  });

  test('may be called like parts of this language', async () => {
    expect(await summary(['constructor/1.jpg', '__proto__/1.jpg', 'toString/2.jpg'])).toEqual([
      '__proto__/1.jpg __proto__ 255',
      'constructor/1.jpg constructor 255',
      'toString/2.jpg toString 255',
    ]);
  });

  test.each([
    ['nothing', [], 'got none'],
    ['no folders', ['1.jpg', '2.jpg'], 'got none'],
    ['one folder', ['jay/1.jpg', 'jay/2.jpg'], 'got only jay/'],
  ])('are refused where there are %s', async (_, paths, message) => {
    await expect(summary(paths)).rejects.toThrow(
      `birds must have a folder of images for each of at least two classes, or such folders in train/ and val/ or test/; ${message}`,
    );
  });

  test('are refused if there are more than labels can tell apart', async () => {
    const tree = await openTree({
      'a.tar': Buffer.concat([...tarOfEmptyFiles(Array.from({ length: 65_537 }, (_, i) => `${i}/1.jpg`))]),
    });
    expect(() => readClassFolders(tree, 'birds')).toThrow('a dataset must have at most 65536 classes, got 65537');
  });
});
