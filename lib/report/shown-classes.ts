import type { ClassError } from '../analysis/index.ts';

/** With more classes than this, a page shows only those at either end. */
const mostClasses = 20;

/** Of many classes, how many of the hardest and of those that differ most are shown. */
const ofEachKind = 8;

/** By how much the networks with the most errors are worse at a class than those with the fewest; null if there are too few networks. */
export const classDifference = ({ ofBestThird, ofWorstThird }: ClassError): number | null =>
  ofBestThird === null || ofWorstThird === null ? null : ofWorstThird - ofBestThird;

/** The hardest first. */
export const byError = (all: readonly ClassError[]): ClassError[] => [...all].sort((a, b) => b.error - a.error);

/** Of many classes the hardest. */
export const hardestClasses = (all: readonly ClassError[]): ClassError[] => byError(all).slice(0, ofEachKind);

/** Of many classes those that tell good networks from bad ones most. */
export const tellingClasses = (all: readonly ClassError[]): ClassError[] =>
  [...all].sort((a, b) => (classDifference(b) ?? 0) - (classDifference(a) ?? 0)).slice(0, ofEachKind);

/** The classes of a dataset that a page shows: all, or of many the hardest and those that tell networks apart most. */
export function shownClasses(all: readonly ClassError[]): ClassError[] {
  if (all.length <= mostClasses) return [...all];
  const shown = new Set([...hardestClasses(all), ...tellingClasses(all)]);
  return all.filter((of) => shown.has(of));
}
