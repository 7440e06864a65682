import { ham10000Forms, mlc2008Forms } from '../layouts/annotated.ts';
import { cifar100Forms, cifar10Forms, cifarPngForms } from '../layouts/cifar.ts';
import { imagenetForms } from '../layouts/imagenet.ts';
import { beetleForms, concreteForms, inaturalistForms, naturalForms, powerlineForms } from '../layouts/photos.ts';
import type { Tree } from '../layouts/tree.ts';

const cifarClasses = 'airplane automobile bird cat deer dog frog horse ship truck'.split(' ');

/**
 * The nine datasets of the study in the forms in which they are downloaded, with a few images of each class. One form of each is named,
 * so that the named ones have every way of storing files among them.
 */
export const downloads: readonly [name: string, form: string, forms: () => Promise<Record<string, Tree>>][] = [
  ['imagenet', 'the tars as they are downloaded', () => imagenetForms({ classes: 3, train: 8, validation: 2 })],
  ['concrete', 'in a zip', () => concreteForms(14)],
  ['mlc2008', 'a compressed tar', () => mlc2008Forms({ photos: 24, points: 7 })],
  ['ham10000', 'two zips', () => ham10000Forms(8)],
  ['powerline', 'in a tar', () => powerlineForms(8)],
  ['insects', 'in a zip each species', () => beetleForms({ species: 4, images: 12 })],
  ['insects', 'as downloaded', () => inaturalistForms({ species: 3, train: 8, validation: 2 })],
  ['natural', 'in a compressed tar', () => naturalForms({ train: 8, test: 2 })],
  ['cifar10', 'as downloaded', () => cifar10Forms()],
  ['cifar10', 'images in folders', () => cifarPngForms(cifarClasses, { train: 4, test: 1 })],
  ['cifar100', 'as downloaded', () => cifar100Forms({ timesInTrain: 6, timesInTest: 1 })],
];
