import type { BySplit } from '../manifest.ts';
import { givenSplits } from '../source.ts';
import { byClass, holdOut, holdOutGroups, type DrawKey } from './hold-out.ts';

/** Options that determine how a dataset is split. */
export interface SplitOptions {
  seed: number;
  validationFraction: number;
  testFraction: number;
  /** Whether groups are kept together when splits are drawn. */
  grouped: boolean;
}

/** The images to split. */
export interface ImagesToSplit {
  dataset: string;
  /** Class names; the position is the label. */
  classes: readonly string[];
  labels: Uint16Array;
  /** Values of `givenSplits`. */
  given: Uint8Array;
  groups: Uint32Array | undefined;
}

/**
 * Divides all images of a dataset once, for all selections from it. Given splits are kept. If there are validation images but no test
 * images, the former are used for testing, as in pycls. Splits that are still missing are drawn from the training images, first test and
 * then validation images, either stratified by class or in whole groups.
 * @returns positions, ascending
 * @throws RangeError if groups must be kept together but none are known
 */
export function splitImages(images: ImagesToSplit, options: SplitOptions): BySplit<Uint32Array> {
  const { given, labels, groups, classes, dataset } = images;
  const { grouped, seed } = options;
  if (grouped && groups === undefined) throw new RangeError(`${dataset} does not say which images belong together`);
  const of = (...values: number[]) => Array.from(given.keys()).filter((position) => values.includes(given[position]!));
  let train = of(givenSplits.train, givenSplits.undivided);
  let [validation, test] = [of(givenSplits.validation), of(givenSplits.test)];
  if (test.length === 0) [validation, test] = [[], validation];

  const draw = (purpose: 'test' | 'validation', fraction: number): number[] => {
    const key: DrawKey = { seed, purpose, dataset, classes };
    const pool = byClass(train, labels, classes.length);
    const heldOut = grouped
      ? holdOutGroups(pool, (position) => groups![position]!, fraction, key)
      : holdOut(pool, fraction, key);
    train = train.filter((position) => !heldOut.has(position));
    return [...heldOut].sort((a, b) => a - b);
  };
  if (test.length === 0) test = draw('test', options.testFraction);
  if (validation.length === 0) validation = draw('validation', options.validationFraction);
  return { train: Uint32Array.from(train), validation: Uint32Array.from(validation), test: Uint32Array.from(test) };
}
