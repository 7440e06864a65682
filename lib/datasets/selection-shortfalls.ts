import type { DatasetCheck } from './check.ts';
import { selectionLabel } from './selection-label.ts';
import { subsetProblems, type DatasetFacts, type DatasetSelection } from './selection.ts';

/** What a selection asks for that its dataset, as it was found, does not have; empty if nothing, or if it could not be read. */
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
  const label = selectionLabel(selection);
  return problems.map((problem) => (label === check.name ? problem : `${label}: ${problem}`));
}
