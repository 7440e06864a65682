import { readCifar } from '../readers/cifar.ts';
import { givenSplits } from '../source.ts';
import { cifarPublication } from './cifar.ts';
import { defineDataset } from './define.ts';

const classes = (
  'apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle caterpillar ' +
  'cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant flatfish forest fox girl ' +
  'hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle mountain mouse mushroom ' +
  'oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate poppy porcupine possum rabbit raccoon ray road ' +
  'rocket rose sea seal shark shrew skunk skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table tank ' +
  'telephone television tiger tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm'
).split(' ');
const archive = 'cifar-100-binary.tar.gz';

/** CIFAR-100: photos of a hundred kinds of things (Krizhevsky 2009); the class is the fine label. */
export const cifar100 = defineDataset({
  name: 'cifar100',
  title: 'CIFAR-100',
  channels: 3,
  imageSize: 32,
  classNames: classes,
  expected: [
    {
      classes: classes.length,
      splits: {
        train: { images: 50_000, byClass: classes.map(() => 500) },
        test: { images: 10_000, byClass: classes.map(() => 100) },
      },
    },
  ],
  publication: {
    ...cifarPublication,
    put: `${archive} as downloaded, or its folder cifar-100-binary/; or images in train/<class>/ and test/<class>/`,
    bytes: 168_513_733,
  },
  reader: {
    read: (tree, where) => {
      const files = [
        { name: 'train.bin', split: givenSplits.train },
        { name: 'test.bin', split: givenSplits.test },
      ];
      return readCifar(tree, where, { classes, labelBytes: 2, files }, archive);
    },
  },
});
