import { stream } from '../../core/streams.ts';
import type { ClassSubset } from '../selection.ts';

/**
 * Draws the classes of a subset uniformly; seed, dataset, count and draw number determine the result. Nested draws do not depend on the
 * count, so each contains the draws of fewer classes.
 * @param classes names of all classes
 * @returns labels in the whole dataset, ascending: the position in the list is the label in the subset
 * @throws RangeError if a named class does not exist, or if more classes are requested than there are
 */
export function drawClasses(
  seed: number,
  dataset: string,
  classes: readonly string[],
  { classes: wanted, classDraw, nestedClasses }: ClassSubset,
): number[] {
  if (typeof wanted !== 'number') return named(classes, wanted);
  if (wanted > classes.length) throw new RangeError(`must be at most ${classes.length}, got ${wanted}`);
  const random = nestedClasses
    ? stream(seed, 'nested-classes', dataset, classDraw)
    : stream(seed, 'classes', dataset, wanted, classDraw);
  return random
    .shuffled(Array.from(classes.keys()))
    .slice(0, wanted)
    .sort((a, b) => a - b);
}

function named(classes: readonly string[], wanted: readonly string[]): number[] {
  const labels = wanted.map((name, index) => {
    const label = classes.indexOf(name);
    if (label < 0) {
      const some = classes.length > 20 ? `${classes.slice(0, 20).join(', ')}, ...` : classes.join(', ');
      throw new RangeError(`must be classes of the dataset (${some}), got ${JSON.stringify(name)}`);
    }
    if (wanted.indexOf(name) !== index) throw new RangeError(`must be different classes, got ${name} twice`);
    return label;
  });
  return labels.sort((a, b) => a - b);
}
