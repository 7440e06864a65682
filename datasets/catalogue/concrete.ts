import { readNamedClasses } from '../readers/named-classes.ts';
import { defineDataset } from './define.ts';

/** Crops of consecutive numbers that count as one group. */
const blockSize = 100;

/**
 * Concrete cracks (Özgenel): crops of 458 photos of walls, with a crack or without.
 *
 * Which photo a crop is from is not part of the download. Crops were numbered as they were cut, so that neighbours in number are
 * neighbours on a wall: blocks of 100 consecutive numbers of a class are its groups, which keeps all but the crops at the ends
 * of blocks apart from their neighbours.
 */
export const concrete = defineDataset({
  name: 'concrete',
  title: 'Concrete',
  channels: 3,
  imageSize: 227,
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
        classes: ['Negative', 'Positive'],
        groupOf: (className, file) => {
          const number = /\d+/.exec(file)?.[0];
          return number === undefined
            ? `${className}/${file}`
            : `${className} ${Math.floor(Number(number) / blockSize)}`;
        },
      }),
  },
});
