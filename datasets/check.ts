import { OperationalError } from '../core/errors.ts';
import { DatasetError, MissingDatasetError } from './dataset-error.ts';
import { countByClass, expectationOf, incompleteness, splitKeys, type SplitKey } from './expected-images.ts';
import type { DatasetEntry, DatasetLocation, DatasetSource, ExpectedImages, LeftOut, Publication } from './source.ts';

/** Counts of a split as they were found, beside what is published; null where nothing is known of that. */
export interface SplitCheck {
  images: number;
  expected: number | null;
  byClass: { name: string; images: number; expected: number | null }[];
}

/** What was found of a dataset. */
export interface DatasetCheck {
  name: string;
  title: string;
  /** Whether there is anything of it, whole or not. */
  found: boolean;
  /** In which form, in words. */
  form: string | null;
  folder: string | null;
  classes: number | null;
  /** Of `undivided` where the dataset brings no splits: these are made when it is prepared. */
  splits: Partial<Record<SplitKey, SplitCheck>>;
  leftOut: readonly LeftOut[];
  /** What lies there and was not read, in words. */
  notes: readonly string[];
  /** What is wrong or missing, in words; empty where a study can have it. */
  problems: string[];
  /** Where to get it; null for a dataset of the user's own. */
  obtain: (Publication & { folder: string }) | null;
}

/**
 * Looks what there is of a dataset: lists its files and reads its annotations, but decodes no image. What is missing or damaged
 * is a problem that is told, not an error.
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
    if (!(error instanceof MissingDatasetError)) throw error;
    return { ...check, problems: [error.where] };
  }
  const found = { ...check, found: true, form: location.form, folder: location.folder };
  let source: DatasetSource;
  try {
    source = await location.open(signal);
  } catch (error) {
    if (!isAboutData(error)) throw error;
    return { ...found, problems: [error.message] };
  }
  try {
    return {
      ...found,
      classes: source.classes.length,
      splits: splitsOf(source, expectationOf(source, expected)),
      leftOut: source.leftOut,
      notes: source.notes ?? [],
      problems: [...incompleteness(source, expected), ...emptyClasses(source)],
    };
  } finally {
    await source.close();
  }
}

/** What an annotation file or an archive can be blamed for. */
const isAboutData = (error: unknown): error is OperationalError =>
  error instanceof DatasetError || (error instanceof OperationalError && error.category === 'usage');

function splitsOf(source: DatasetSource, expectation: ExpectedImages | undefined): DatasetCheck['splits'] {
  return Object.fromEntries(
    splitKeys.flatMap((key) => {
      const counts = countByClass(source, key);
      const images = counts.reduce((sum, count) => sum + count, 0);
      const split = expectation?.splits[key];
      if (images === 0 && split === undefined) return [];
      // A number is what every class has at least, which is not what is to be expected of one.
      const published = typeof split?.byClass === 'object' ? split.byClass : undefined;
      const byClass = source.classes.map((name, label) => ({
        name,
        images: counts[label]!,
        expected: published?.[label] ?? null,
      }));
      return [[key, { images, expected: split?.images ?? null, byClass }]];
    }),
  );
}

/** Classes of a divided dataset that have no image to train on or none to test on: a network cannot learn them, or nobody sees it. */
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
