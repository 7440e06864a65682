import { DatasetError } from './dataset-error.ts';
import { incompleteness } from './expected-images.ts';
import type { DatasetEntry, DatasetSource } from './source.ts';

/**
 * Refuses a dataset that is smaller than published, or lacks what its annotations list, unless that is allowed.
 * @returns what it lacks, in words, to be told with what is made from it
 * @throws DatasetError with what is missing and where to get it
 */
export function requireComplete(
  { name, expected, publication }: DatasetEntry,
  source: DatasetSource,
  allowIncomplete: boolean,
): string[] {
  const problems = incompleteness(source, expected);
  if (problems.length === 0 || allowIncomplete) return problems;
  throw new DatasetError(
    [
      `${name} is not complete:`,
      ...[...problems, ...(source.notes ?? [])].map((line) => `  ${line}`),
      ...(publication === undefined ? [] : [`It is published at ${publication.homepage}.`]),
      'To take it as it is, set allowIncomplete in its selection (--allow-incomplete).',
    ].join('\n'),
  );
}
