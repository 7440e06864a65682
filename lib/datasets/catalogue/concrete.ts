import { readNamedClasses } from '../readers/named-classes.ts';
import { defineDataset } from './define.ts';

const classes = ['Negative', 'Positive'];

/** Number of consecutively numbered crops that form a group. */
const blockSize = 100;

/**
 * Concrete cracks (Özgenel): crops of 458 photos of walls, with or without a crack.
 *
 * The download does not say which photo a crop comes from. Crops were numbered as they were cut, so neighbours in number are neighbours on
 * a wall. Blocks of 100 consecutive numbers of a class are therefore its groups: a grouped split separates only crops at the ends of blocks
 * from their neighbours.
 */
export const concrete = defineDataset({
  name: 'concrete',
  title: 'Concrete',
  channels: 3,
  hasGroups: true,
  imageSize: 227,
  classNames: classes,
  expected: [{ classes: 2, splits: { undivided: { images: 40_000, byClass: [20_000, 20_000] } } }],
  publication: {
    homepage: 'https://data.mendeley.com/datasets/5y9wdsg2zt/2',
    licence: 'CC BY 4.0',
    citation: `@misc{ozgenel2019concrete,
  author = {{\\c{C}}a{\\u{g}}lar F{\\i}rat {\\"O}zgenel},
  title = {Concrete Crack Images for Classification},
  year = {2019}, publisher = {Mendeley Data}, version = {V2}, doi = {10.17632/5y9wdsg2zt.2}
}`,
    put: 'the folders Positive/ and Negative/, or a zip or tar of them; if the download is a RAR archive, unpack it there',
    bytes: 245_000_000,
    unverified: 'the size of the download; that crops are numbered in the order of the photos',
  },
  reader: {
    read: (tree) =>
      readNamedClasses(tree, {
        classes,
        groupOf: (className, file) => {
          const number = /\d+/.exec(file)?.[0];
          return number === undefined
            ? `${className}/${file}`
            : `${className} ${Math.floor(Number(number) / blockSize)}`;
        },
      }),
  },
});
