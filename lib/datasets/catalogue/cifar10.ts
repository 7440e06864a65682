import { readCifar } from '../readers/cifar.ts';
import { givenSplits } from '../source.ts';
import { cifarPublication } from './cifar.ts';
import { defineDataset } from './define.ts';

const classes = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
const archive = 'cifar-10-binary.tar.gz';

const files = [
  ...[1, 2, 3, 4, 5].map((batch) => ({ name: `data_batch_${batch}.bin`, split: givenSplits.train })),
  { name: 'test_batch.bin', split: givenSplits.test },
];

/** CIFAR-10: photos of ten kinds of things (Krizhevsky 2009). */
export const cifar10 = defineDataset({
  name: 'cifar10',
  title: 'CIFAR-10',
  channels: 3,
  imageSize: 32,
  classNames: classes,
  expected: [
    {
      classes: classes.length,
      splits: {
        train: { images: 50_000, byClass: classes.map(() => 5000) },
        test: { images: 10_000, byClass: classes.map(() => 1000) },
      },
    },
  ],
  publication: {
    ...cifarPublication,
    put: `${archive} as downloaded, or its folder cifar-10-batches-bin/; or images in train/<class>/ and test/<class>/`,
    bytes: 170_052_171,
  },
  reader: { read: (tree, where) => readCifar(tree, where, { classes, labelBytes: 1, files }, archive) },
});
