import { ham10000Forms, mlc2008Forms } from '../layouts/annotated.ts';
import { cifar100Forms, cifar10Forms, cifarPngForms } from '../layouts/cifar.ts';
import { imagenetForms } from '../layouts/imagenet.ts';
import { beetleForms, concreteForms, inaturalistForms, naturalForms, powerlineForms } from '../layouts/photos.ts';
import type { Tree } from '../layouts/tree.ts';

const cifarClasses = 'airplane automobile bird cat deer dog frog horse ship truck'.split(' ');

/** The nine datasets of the study in the forms in which they are downloaded, with a few images of each class. */
export const downloads: readonly [name: string, forms: () => Promise<Record<string, Tree>>][] = [
  ['imagenet', () => imagenetForms({ classes: 3, train: 8, validation: 2 })],
  ['concrete', () => concreteForms(14)],
  ['mlc2008', () => mlc2008Forms({ photos: 6, points: 27 })],
  ['ham10000', () => ham10000Forms(8)],
  ['powerline', () => powerlineForms(8)],
  ['insects', () => beetleForms({ species: 4, images: 12 })],
  ['insects', () => inaturalistForms({ species: 3, train: 8, validation: 2 })],
  ['natural', () => naturalForms({ train: 8, test: 2 })],
  ['cifar10', () => cifar10Forms()],
  ['cifar10', () => cifarPngForms(cifarClasses, { train: 4, test: 1 })],
  ['cifar100', () => cifar100Forms({ timesInTrain: 6, timesInTest: 1 })],
];
