import { ConfigError } from '../../core/errors.ts';
import { splitNames, type BySplit } from '../manifest.ts';
import type { ClassSubset, DatasetSelection } from '../selection.ts';
import { byClass } from '../splits/hold-out.ts';
import { drawClasses } from './draw-classes.ts';
import { randomSample, stratifiedSample } from './stratified-sample.ts';

/** A whole dataset, divided into splits. */
export interface SplitDataset {
  dataset: string;
  /** Class names; the position is the label. */
  classes: readonly string[];
  labels: Uint16Array;
  positions: BySplit<Uint32Array>;
}

/** The images of a dataset that a selection contains. */
export interface ViewPlan {
  /** Label of each class in the whole dataset. */
  labels: number[];
  /** Positions in the images of the dataset, ascending. */
  positions: BySplit<Uint32Array>;
}

const countFields = { train: 'trainingImages', validation: 'validationImages', test: 'testImages' } as const;

/**
 * Picks the images of a selection from its split dataset: those of its classes, then at most the requested number from each split.
 *
 * A control has as many training and validation images as its subset, but all test images, because they only measure the performance of a
 * network.
 * @param label label of the selection, for errors
 * @throws ConfigError naming the field that cannot be fulfilled
 */
export function planView(data: SplitDataset, selection: DatasetSelection, seed: number, label: string): ViewPlan {
  const { dataset, classes } = data;
  const met = <Result>(field: string, work: () => Result): Result => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new ConfigError(`${label} cannot be prepared`, [`${field}: ${error.message}`]);
    }
  };
  const drawn = (subset: ClassSubset, field: string) => met(field, () => drawClasses(seed, dataset, classes, subset));
  const { controlFor, classDraw, nestedClasses } = selection;
  const labels =
    selection.classes === undefined
      ? Array.from(classes.keys())
      : drawn({ classes: selection.classes, classDraw, nestedClasses }, 'classes');
  const control = controlFor && restricted(data, drawn(controlFor, 'controlFor.classes'));
  const own = restricted(data, labels);

  const positions = Object.fromEntries(
    splitNames.map((split) => {
      const limits = [selection[countFields[split]], split === 'test' ? undefined : control?.[split].length];
      const most = Math.min(...limits.map((limit) => limit ?? Infinity));
      if (most >= own[split].length) return [split, own[split]];
      const key = { seed, purpose: `${split}-images` as const, dataset, classes };
      const images = byClass(own[split], data.labels, classes.length);
      const sample = met(countFields[split], () =>
        // A control of a small subset cannot have an image of each class.
        limits[0] !== most && most < classes.length
          ? randomSample(own[split], most, key)
          : stratifiedSample(images, most, key),
      );
      return [split, Uint32Array.from(sample)];
    }),
  ) as BySplit<Uint32Array>;
  const empty = emptySplits(positions, selection);
  if (empty.length > 0) throw new ConfigError(`${label} cannot be prepared`, empty);
  return { labels, positions };
}

/** Returns what to change if a split has no images: without test images no network has an error, which would show only after training. */
function emptySplits({ train, validation, test }: BySplit<Uint32Array>, selection: DatasetSelection): string[] {
  const { testFraction, validationFraction, groupedSplits } = selection;
  const groups = groupedSplits ? ', or groupedSplits must be false: there are too few groups' : '';
  const problems: string[] = [];
  if (train.length === 0)
    problems.push('no training images are left: testFraction and validationFraction must be smaller');
  if (test.length === 0)
    problems.push(
      `testFraction must be large enough for a test image, got ${testFraction}: the dataset has none of its own${groups}`,
    );
  if (validation.length === 0 && validationFraction > 0)
    problems.push(
      `validationFraction must be large enough for a validation image, or 0 for none, got ${validationFraction}${groups}`,
    );
  return problems;
}

/** Restricts a dataset to the images of some classes. */
function restricted({ classes, labels, positions }: SplitDataset, kept: readonly number[]): BySplit<Uint32Array> {
  if (kept.length === classes.length) return positions;
  const isKept = new Set(kept);
  return Object.fromEntries(
    splitNames.map((split) => [split, positions[split].filter((position) => isKept.has(labels[position]!))]),
  ) as BySplit<Uint32Array>;
}
