import { givenSplits } from '../source.ts';

/** Files that are images by their names. Others are left out; what their bytes are is for the decoder to see. */
export const isImageName = (path: string) => /\.(jpe?g|jfif|png|bmp|webp|tiff?|gif)$/i.test(path);

/** What folders of splits are called. */
const splitFolders = new Map<string, number>([
  ['train', givenSplits.train],
  ['training', givenSplits.train],
  ['val', givenSplits.validation],
  ['valid', givenSplits.validation],
  ['validation', givenSplits.validation],
  ['test', givenSplits.test],
  ['testing', givenSplits.test],
]);

/** The split that a word names, whatever its case; undefined where it names none. */
export const splitOfWord = (word: string) => splitFolders.get(word.trim().toLowerCase());

/** What splits are called in the ids of images, by their values. */
export const splitWords: Readonly<Record<number, string>> = {
  [givenSplits.train]: 'train',
  [givenSplits.validation]: 'val',
  [givenSplits.test]: 'test',
};

/** A name as it is compared: without case, spaces and dashes like underscores. */
export const folded = (name: string) => name.toLowerCase().replaceAll(/[\s_-]+/g, '_');
