import { givenSplits } from '../source.ts';

/** Returns whether a file name is that of an image. Other files are left out; the decoder checks whether the bytes really are an image. */
export const isImageName = (path: string) => /\.(jpe?g|jfif|png|bmp|webp|tiff?|gif)$/i.test(path);

/** Returns the ending of a file name if it is a picture format that is not read, e.g. `.ppm`; otherwise undefined. */
export const unreadPictureEnding = (path: string): string | undefined =>
  /\.(p[bgnp]m|hei[cf]|avif|jp2|j2k|jxl|tga|pcx|dcm|svg|psd|exr|hdr|npy|cr2|nef|arw|dng)$/i
    .exec(path)?.[0]
    .toLowerCase();

/** Names of splits. */
const splits = new Map<string, number>([
  ['train', givenSplits.train],
  ['training', givenSplits.train],
  ['val', givenSplits.validation],
  ['valid', givenSplits.validation],
  ['validation', givenSplits.validation],
  ['test', givenSplits.test],
  ['testing', givenSplits.test],
]);

/** Returns the split that a word names, ignoring case; undefined if it names none. */
export const splitOfWord = (word: string) => splits.get(word.trim().toLowerCase());

/** Words beside the split in names of folders, as in `training_set`, `seg_train` or `train_images`. */
const besides = /^(set|data|dataset|images?|imgs?|pictures?|photos?|folder|split|seg)$/;

/**
 * Returns the split that the name of a folder stands for in published data: `train`, `Training_Set`, `testset`, `seg_train`,
 * `train_images`, `val2017`; undefined if it has any other word.
 */
export function splitOfFolder(name: string): number | undefined {
  const words = name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '' && !besides.test(word))
    .map((word) => word.replace(/(?<=[a-z]{3})(set|data|images?|imgs?)$/, ''));
  return words.length === 1 ? splitOfWord(words[0]!) : undefined;
}

/** Returns whether a folder is named after the kind of its files and is thus not a class, as in datasets for segmentation or detection. */
export const isKindOfFile = (name: string) =>
  /^(images?|imgs?|jpegimages|pictures?|photos?|masks?|labels?|annotations?|targets?|segmentations?|ground[_ -]?truths?|gt|depth|edges?)$/i.test(
    name,
  );

/** Names of splits in the ids of images, by value. */
export const splitWords: Readonly<Record<number, string>> = {
  [givenSplits.train]: 'train',
  [givenSplits.validation]: 'val',
  [givenSplits.test]: 'test',
};

/** Returns a name in the form used for comparisons: lower case, with spaces and dashes as underscores. */
export const folded = (name: string) => name.toLowerCase().replaceAll(/[\s_-]+/g, '_');
