import { givenSplits, type DatasetSource, type ExpectedImages, type ExpectedSplit } from './source.ts';

export type SplitKey = keyof typeof givenSplits;

export const splitKeys = ['train', 'validation', 'test', 'undivided'] as const satisfies readonly SplitKey[];

/** Number of images of each class in a split of a source, by label. */
export function countByClass({ classes, images }: DatasetSource, split: SplitKey): number[] {
  const counts = Array<number>(classes.length).fill(0);
  images.splits.forEach((value, index) => {
    if (value === givenSplits[split]) counts[images.labels[index]!]!++;
  });
  return counts;
}

const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

/** Selects from the published counts of a dataset those for the form of a source. */
export function expectationOf(source: DatasetSource, expected: readonly ExpectedImages[]): ExpectedImages | undefined {
  const isDivided = source.images.splits.some((split) => split !== givenSplits.undivided);
  const alike = expected.filter(({ splits }) => (splits.undivided === undefined) === isDivided);
  const candidates = (alike.length > 0 ? [...alike] : [...expected]).sort((a, b) => b.classes - a.classes);
  return candidates.find(({ classes }) => classes <= source.classes.length) ?? candidates.at(-1);
}

/** Share of a count from memory below which images count as missing. */
const recalledShare = 0.9;

/**
 * Returns what a source lacks, in words: images that its own annotations or links name, images of a class in a split, and images that the
 * publication has.
 * @param expected counts of each published form; empty if nothing is known about the publication
 */
export function incompleteness(source: DatasetSource, expected: readonly ExpectedImages[] = []): string[] {
  const expectation = expectationOf(source, expected);
  return [
    ...(source.missing ?? []),
    ...(expectation === undefined ? [] : shortfalls(source, expectation)),
    ...emptyClasses(source),
  ];
}

/** Classes of a divided dataset without training or test images: a network cannot learn them, or is never tested on them. */
function emptyClasses(source: DatasetSource): string[] {
  return (['train', 'test'] as const).flatMap((key) => {
    const counts = countByClass(source, key);
    const empty = source.classes.filter((_, label) => counts[label] === 0);
    if (empty.length === 0 || empty.length === counts.length) return [];
    return [
      `${empty.length} of ${counts.length} classes have no ${key} images: ${empty.slice(0, 5).join(', ')}${empty.length > 5 ? ', ...' : ''}`,
    ];
  });
}

function shortfalls(source: DatasetSource, { classes, splits, groups, isRecalled }: ExpectedImages): string[] {
  const least = (published: number) => Math.floor(published * (isRecalled ? recalledShare : 1));
  const lack = (found: number, published: number, what: string) =>
    found < least(published)
      ? [`${what}: ${grouped(found)} of ${isRecalled ? 'about ' : ''}${grouped(published)} were found`]
      : [];
  return [
    ...lack(source.classes.length, classes, 'classes'),
    ...splitKeys.flatMap((key) => {
      const split = splits[key];
      if (split === undefined) return [];
      const counts = countByClass(source, key);
      const images = key === 'undivided' ? 'images' : `${key} images`;
      const few = counts.flatMap((count, label) => {
        const published = publishedOf(split, source.classes.length, label);
        return published !== undefined && count < least(published)
          ? [`${source.classes[label]} (${grouped(count)} of ${grouped(published)})`]
          : [];
      });
      const inClasses = `${images} are missing in ${few.length} ${few.length === 1 ? 'class' : 'classes'}`;
      return [
        ...lack(total(counts), split.images, images),
        ...(few.length === 0 ? [] : [`${inClasses}: ${few.slice(0, 5).join(', ')}${few.length > 5 ? ', ...' : ''}`]),
      ];
    }),
    ...(groups === undefined ? [] : lack(new Set(source.images.groups ?? []).size, groups.count, groups.of)),
  ];
}

/** Published number of images of a class; undefined if it is unknown, or if the classes are not the published ones. */
export function publishedOf({ byClass }: ExpectedSplit, classes: number, label: number): number | undefined {
  if (typeof byClass === 'number') return byClass;
  return byClass?.length === classes ? byClass[label] : undefined;
}

const grouped = (count: number) => count.toLocaleString('en-US');
