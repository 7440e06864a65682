import type { DatasetSource, ExpectedImages } from './source.ts';
import { givenSplits } from './source.ts';

export type SplitKey = keyof typeof givenSplits;

export const splitKeys = ['train', 'validation', 'test', 'undivided'] as const satisfies readonly SplitKey[];

/** Images of each class in a split of a source, by label. */
export function countByClass({ classes, images }: DatasetSource, split: SplitKey): number[] {
  const counts = Array<number>(classes.length).fill(0);
  images.splits.forEach((value, index) => {
    if (value === givenSplits[split]) counts[images.labels[index]!]!++;
  });
  return counts;
}

const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

/** Of the counts that a dataset is published with, those of the form that a source has. */
export function expectationOf(source: DatasetSource, expected: readonly ExpectedImages[]): ExpectedImages | undefined {
  const isDivided = source.images.splits.some((split) => split !== givenSplits.undivided);
  const alike = expected.filter(({ splits }) => (splits.undivided === undefined) === isDivided);
  const candidates = (alike.length > 0 ? [...alike] : [...expected]).sort((a, b) => b.classes - a.classes);
  return candidates.find(({ classes }) => classes <= source.classes.length) ?? candidates.at(-1);
}

/** Share of a recalled count below which something is missing. */
const recalledShare = 0.9;

/**
 * What a source lacks of what is published, in words; empty where it is whole, or nothing is known of what it should be.
 * @param expected counts of each form in which it is published
 */
export function incompleteness(source: DatasetSource, expected: readonly ExpectedImages[] = []): string[] {
  const problems = [...(source.missing ?? [])];
  const expectation = expectationOf(source, expected);
  if (expectation === undefined) return problems;
  const share = expectation.isRecalled ? recalledShare : 1;
  const about = expectation.isRecalled ? 'about ' : '';
  const lack = (found: number, published: number, what: string) => {
    if (found < Math.floor(published * share))
      problems.push(`${what}: ${grouped(found)} of ${about}${grouped(published)} are there`);
  };
  lack(source.classes.length, expectation.classes, 'classes');
  for (const key of splitKeys) {
    const split = expectation.splits[key];
    if (split === undefined) continue;
    const counts = countByClass(source, key);
    const images = key === 'undivided' ? 'images' : `${key} images`;
    lack(total(counts), split.images, images);
    const { byClass } = split;
    const few = counts.flatMap((count, label) => {
      const published = typeof byClass === 'number' ? byClass : byClass?.[label];
      return published !== undefined && count < Math.floor(published * share)
        ? [`${source.classes[label]} (${grouped(count)} of ${grouped(published)})`]
        : [];
    });
    if (few.length > 0)
      problems.push(
        `${images} are missing in ${few.length} ${few.length === 1 ? 'class' : 'classes'}: ` +
          `${few.slice(0, 5).join(', ')}${few.length > 5 ? ', ...' : ''}`,
      );
  }
  const { groups } = expectation;
  if (groups !== undefined) lack(new Set(source.images.groups ?? []).size, groups.count, groups.of);
  return problems.length === 0 ? [] : [...problems, ...(source.notes ?? [])];
}

const grouped = (count: number) => count.toLocaleString('en-US');
