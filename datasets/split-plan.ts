import { ConfigError } from '../core/errors.ts';
import { selectionLabel, type DatasetSelection } from './selection.ts';
import { stream } from '../core/random.ts';
import type { SplitName } from './manifest.ts';
import type { SplitSource } from './split-source.ts';
import { drawClasses, holdOut, mixed, positionsByClass, stratifiedSample, type LabelledPosition } from './splits.ts';

/** Which images of a source go where. */
export interface SplitPlan {
  /** Class names; the position is the label. */
  classes: string[];
  splits: Record<SplitName, { from: 'train' | 'validation' | 'test'; images: LabelledPosition[] }>;
}

/**
 * Draws the classes of a selection and shares the images out: validation images are held out of the training images where the
 * source brings none, then each split is sampled down and mixed.
 * @throws ConfigError where a count is below the number of classes
 */
export function planSplits(selection: DatasetSelection, seed: number, source: SplitSource): SplitPlan {
  const { dataset, validationFraction } = selection;
  const total = source.classes.length;
  const kept =
    selection.classes === undefined
      ? Array.from({ length: total }, (_, label) => label)
      : drawClasses(seed, dataset, total, selection.classes, selection.classDraw);
  const label = selectionLabel(selection);
  const sourceTrain = positionsByClass(source.train.labels, kept);
  const { kept: train, heldOut } =
    source.validation === undefined
      ? holdOut(sourceTrain, validationFraction, stream(seed, 'validation', label))
      : { kept: sourceTrain, heldOut: positionsByClass(source.validation.labels, kept) };
  const byClass = { train, validation: heldOut, test: positionsByClass(source.test.labels, kept) };
  const counts = {
    train: selection.trainingImages,
    validation: selection.validationImages,
    test: selection.testImages,
  };
  const part = (split: SplitName) => {
    try {
      const sample = stratifiedSample(byClass[split], counts[split], stream(seed, 'sample', label, split));
      return mixed(sample, stream(seed, 'order', label, split));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new ConfigError(`${label} cannot be prepared`, [`${countFields[split]}: ${error.message}`]);
    }
  };
  return {
    classes: kept.map((original) => source.classes[original]!),
    splits: {
      train: { from: 'train', images: part('train') },
      validation: { from: source.validation === undefined ? 'train' : 'validation', images: part('validation') },
      test: { from: 'test', images: part('test') },
    },
  };
}

const countFields = { train: 'trainingImages', validation: 'validationImages', test: 'testImages' } as const;
