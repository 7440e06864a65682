import { png } from './images.ts';
import { gzippedTarOf, within, type Tree } from './tree.ts';

const plane = 32 * 32;

/** Pixels of a record: what a class and a number give, in planes. */
const planes = (label: number, number: number) =>
  Buffer.from(
    Array.from(
      { length: 3 * plane },
      (_, i) => (label * 40 + Math.floor(i / plane) * 60 + ((i % plane) % 32) * (1 + (number % 4)) + number) % 256,
    ),
  );

/** A record of each class, `times` times. */
const records = (classes: number, times: number, first: number, head: (label: number) => number[]) =>
  Buffer.concat(
    Array.from({ length: classes * times }, (_, i) =>
      Buffer.from([...head(i % classes), ...planes(i % classes, first + i)]),
    ),
  );

/** The binary version of Cifar10: batches of all classes. */
export async function cifar10Forms({ timesInBatch = 2, timesInTest = 2 } = {}): Promise<Record<string, Tree>> {
  const folder: Record<string, Buffer | string> = {
    'batches.meta.txt': 'airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n',
    'readme.html': '<html>',
    'test_batch.bin': records(10, timesInTest, 900, (label) => [label]),
  };
  for (let batch = 1; batch <= 5; batch++)
    folder[`data_batch_${batch}.bin`] = records(10, timesInBatch, batch * 100, (label) => [label]);
  const tree = within('cifar-10-batches-bin', folder);
  return { unpacked: tree, 'as downloaded': { 'cifar-10-binary.tar.gz': await gzippedTarOf(tree) } };
}

export async function cifar100Forms({ timesInTrain = 2, timesInTest = 1 } = {}): Promise<Record<string, Tree>> {
  const head = (label: number) => [label % 20, label];
  const tree = within('cifar-100-binary', {
    'coarse_label_names.txt': 'aquatic_mammals\n',
    'fine_label_names.txt': 'apple\n',
    'test.bin': records(100, timesInTest, 900, head),
    'train.bin': records(100, timesInTrain, 0, head),
  });
  return { unpacked: tree, 'as downloaded': { 'cifar-100-binary.tar.gz': await gzippedTarOf(tree) } };
}

/** Images in folders of classes, and of wider classes around these where there are any. */
export async function cifarPngForms(
  classes: readonly string[],
  { train = 2, test = 1 } = {},
  coarse?: string,
): Promise<Record<string, Tree>> {
  const tree: Record<string, Buffer> = {};
  for (const [label, name] of classes.entries())
    for (let i = 0; i < train + test; i++) {
      const split = i < train ? 'train' : 'test';
      const path = [split, ...(coarse === undefined ? [] : [coarse]), name, `${String(i).padStart(4, '0')}.png`].join(
        '/',
      );
      tree[path] = await png(label, i, { width: 32, height: 32 });
    }
  return {
    'images in folders': tree,
    'images in a compressed tar': { 'cifar.tgz': await gzippedTarOf(within('cifar', tree)) },
  };
}
