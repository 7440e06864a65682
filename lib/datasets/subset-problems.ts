import { printable } from './archives/member-path.ts';
import type { DatasetCheck } from './check.ts';
import { selectionLabel } from './selection-label.ts';
import type { DatasetFacts, DatasetSelection } from './selection.ts';

type KnownClasses = Pick<DatasetFacts, 'name' | 'classes' | 'classNames'>;

const mostNames = 10;

/**
 * What is wrong with the classes that a selection asks for; empty if nothing is, or if they are not known.
 * @param field of the config, for the messages
 */
export function subsetProblems(
  asked: DatasetSelection['classes'],
  field: string,
  { name, classes, classNames }: KnownClasses,
): string[] {
  const count = (Array.isArray(asked) ? asked.length : asked) ?? 0;
  if (count > classes) return [`${field} must be at most ${classes} (${name} has ${classes}), got ${count}`];
  if (!Array.isArray(asked) || classNames === undefined) return [];
  const unknown = asked.filter((className) => !classNames.includes(className));
  if (unknown.length === 0) return [];
  const known = listed(classNames);
  return [`${field} must be classes of ${name} (${known}), got ${listed(unknown.map((own) => JSON.stringify(own)))}`];
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).map(printable).join(', ');
  return names.length > mostNames ? `${shown}, ...` : shown;
}

/** What a selection asks for that its dataset, as it was found, does not have; empty if nothing, or if it could not be read. */
export function selectionShortfalls(selection: DatasetSelection, check: DatasetCheck): string[] {
  if (check.classes === null) return [];
  const [split] = Object.values(check.splits);
  const known: KnownClasses = {
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
