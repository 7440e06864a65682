import { givenSplits } from '../source.ts';

/** Whether a file name is that of an image. Other files are left out; whether the bytes really are an image is up to the decoder. */
export const isImageName = (path: string) => /\.(jpe?g|jfif|png|bmp|webp|tiff?|gif)$/i.test(path);

/** Names of split folders. */
const splitFolders = new Map<string, number>([
  ['train', givenSplits.train],
  ['training', givenSplits.train],
  ['val', givenSplits.validation],
  ['valid', givenSplits.validation],
  ['validation', givenSplits.validation],
  ['test', givenSplits.test],
  ['testing', givenSplits.test],
]);

/** The split that a word names, whatever its case; undefined if it names none. */
export const splitOfWord = (word: string) => splitFolders.get(word.trim().toLowerCase());

/** Names of splits in the ids of images, by value. */
export const splitWords: Readonly<Record<number, string>> = {
  [givenSplits.train]: 'train',
  [givenSplits.validation]: 'val',
  [givenSplits.test]: 'test',
};

/** A name in the form used for comparisons: lower case, with spaces and dashes as underscores. */
export const folded = (name: string) => name.toLowerCase().replaceAll(/[\s_-]+/g, '_');
