import { OperationalError } from '../core/errors.ts';
import { DatasetError, MissingDatasetError } from './dataset-error.ts';
import {
  countByClass,
  expectationOf,
  incompleteness,
  publishedOf,
  splitKeys,
  type SplitKey,
} from './expected-images.ts';
import type { DatasetEntry, DatasetLocation, DatasetSource, ExpectedImages, LeftOut, Publication } from './source.ts';

/** Counts found in a split, and the published ones; null if unknown. */
export interface SplitCheck {
  images: number;
  expected: number | null;
  byClass: { name: string; images: number; expected: number | null }[];
}

/** The result of checking a dataset. */
export interface DatasetCheck {
  name: string;
  title: string;
  /** Whether anything of it was found, complete or not. */
  found: boolean;
  /** The form in which it was found, in words; null if it was not found. */
  form: string | null;
  folder: string | null;
  classes: number | null;
  /** Whether it tells which images belong together, for grouped splits. */
  hasGroups: boolean;
  /** Only `undivided` if the dataset comes without splits; they are made when it is prepared. */
  splits: Partial<Record<SplitKey, SplitCheck>>;
  leftOut: readonly LeftOut[];
  /** Files that are present but were not read, in words. */
  notes: readonly string[];
  /** What is wrong or missing, in words; empty if a study can use the dataset. */
  problems: string[];
  /** Where to get it; null for the user's own dataset. */
  obtain: (Publication & { folder: string }) | null;
}

/**
 * Checks a dataset: lists its files and reads its annotations, but decodes no image. Missing or damaged data is reported in
 * `problems`, not thrown.
 */
export async function checkDataset(
  entry: DatasetEntry,
  dataRoot: string | undefined,
  signal?: AbortSignal,
): Promise<DatasetCheck> {
  const { name, title, expected = [], publication } = entry;
  const check: DatasetCheck = {
    name,
    title,
    found: false,
    form: null,
    folder: null,
    classes: null,
    hasGroups: false,
    splits: {},
    leftOut: [],
    notes: [],
    problems: [],
    obtain: publication === undefined ? null : { ...publication, folder: `${dataRoot ?? '<data root>'}/${name}` },
  };
  let location: DatasetLocation;
  try {
    location = await entry.locate(dataRoot, signal);
  } catch (error) {
    if (error instanceof MissingDatasetError) return { ...check, problems: [error.where] };
    if (error instanceof DatasetError) return { ...check, found: true, problems: [error.message] };
    throw error;
  }
  const found = { ...check, found: true, form: location.form, folder: location.folder };
  let source: DatasetSource;
  try {
    source = await location.open(signal);
  } catch (error) {
    if (!isAboutData(error)) throw error;
    return { ...found, problems: [error.message] };
  }
  return {
    ...found,
    classes: source.classes.length,
    hasGroups: source.images.groups !== undefined,
    splits: splitsOf(source, expectationOf(source, expected)),
    leftOut: source.leftOut,
    notes: source.notes ?? [],
    problems: incompleteness(source, expected),
  };
}

/** Returns whether an error is the fault of the data, such as an annotation file or an archive. */
const isAboutData = (error: unknown): error is OperationalError =>
  error instanceof DatasetError || (error instanceof OperationalError && error.category === 'usage');

function splitsOf(source: DatasetSource, expectation: ExpectedImages | undefined): DatasetCheck['splits'] {
  return Object.fromEntries(
    splitKeys.flatMap((key) => {
      const counts = countByClass(source, key);
      const images = counts.reduce((sum, count) => sum + count, 0);
      const split = expectation?.splits[key];
      if (images === 0 && split === undefined) return [];
      // A single number is a minimum for every class, not the expected count of one.
      const published = (label: number) =>
        typeof split?.byClass === 'object' ? publishedOf(split, source.classes.length, label) : undefined;
      const byClass = source.classes.map((name, label) => ({
        name,
        images: counts[label]!,
        expected: published(label) ?? null,
      }));
      return [[key, { images, expected: split?.images ?? null, byClass }]];
    }),
  );
}
