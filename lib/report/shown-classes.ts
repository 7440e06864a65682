import type { ClassError } from '../analysis/index.ts';

/** With more classes than this, a page shows only those at either end. */
const mostClasses = 20;

/** If there are many classes, this number of the hardest is shown, and of those that differ most. */
const ofEachKind = 8;

/**
 * Returns how much worse the networks with the most errors are at a class than those with the fewest; null if there are too few networks.
 */
export const classDifference = ({ ofBestThird, ofWorstThird }: ClassError): number | null =>
  ofBestThird === null || ofWorstThird === null ? null : ofWorstThird - ofBestThird;

/** Sorts classes, the hardest first. */
export const byError = (all: readonly ClassError[]): ClassError[] => [...all].sort((a, b) => b.error - a.error);

/** Returns the hardest of many classes. */
export const hardestClasses = (all: readonly ClassError[]): ClassError[] => byError(all).slice(0, ofEachKind);

/** Returns those of many classes that best tell good networks from bad ones. */
export const tellingClasses = (all: readonly ClassError[]): ClassError[] =>
  [...all].sort((a, b) => (classDifference(b) ?? 0) - (classDifference(a) ?? 0)).slice(0, ofEachKind);

/** Returns the classes of a dataset that a page shows: all, or if there are many, the hardest and those that best tell networks apart. */
export function shownClasses(all: readonly ClassError[]): ClassError[] {
  if (all.length <= mostClasses) return [...all];
  const shown = new Set([...hardestClasses(all), ...tellingClasses(all)]);
  return all.filter((of) => shown.has(of));
}
