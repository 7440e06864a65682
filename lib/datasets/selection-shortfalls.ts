import type { DatasetCheck, SplitCheck } from './check.ts';
import { selectionLabel } from './selection-label.ts';
import { subsetProblems, type DatasetFacts, type DatasetSelection } from './selection.ts';

/** Returns problems of fractions that are too small to hold out an image of any class, as preparation would find. */
function emptyShares(
  { testFraction, validationFraction }: DatasetSelection,
  { train, validation, test, undivided }: DatasetCheck['splits'],
): string[] {
  const counts = (train ?? undivided)?.byClass.map(({ images }) => images) ?? [];
  const isPresent = (split: SplitCheck | undefined) => split !== undefined && split.images > 0;
  const shareOf = (fraction: number) => counts.map((count) => Math.round(fraction * count));
  const heldOut = isPresent(test) ? counts.map(() => 0) : shareOf(testFraction);
  const problems: string[] = [];
  if (!isPresent(test) && heldOut.every((count) => count === 0))
    problems.push(
      `testFraction must be large enough for a test image, got ${testFraction}: the dataset has none of its own`,
    );
  const left = counts.map((count, label) => Math.round(validationFraction * (count - heldOut[label]!)));
  if (validationFraction > 0 && !isPresent(validation) && left.every((count) => count === 0))
    problems.push(
      `validationFraction must be large enough for a validation image, or 0 for none, got ${validationFraction}`,
    );
  return problems;
}

/** Returns what a selection asks for but its dataset, as found, does not have; empty if the dataset could not be read. */
export function selectionShortfalls(selection: DatasetSelection, check: DatasetCheck): string[] {
  if (check.classes === null) return [];
  const [split] = Object.values(check.splits);
  const known: Pick<DatasetFacts, 'name' | 'classes' | 'classNames'> = {
    name: check.name,
    classes: check.classes,
    ...(split !== undefined && { classNames: split.byClass.map(({ name }) => name) }),
  };
  const problems = [
    ...subsetProblems(selection.classes, 'classes', known),
    ...subsetProblems(selection.controlFor?.classes, 'controlFor.classes', known),
  ];
  if (selection.groupedSplits && !check.hasGroups)
    problems.push(`groupedSplits must be false, since ${check.name} does not say which images belong together`);
  problems.push(...emptyShares(selection, check.splits));
  const label = selectionLabel(selection);
  return problems.map((problem) => (label === check.name ? problem : `${label}: ${problem}`));
}
