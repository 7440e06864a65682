import { stream as namedStream, type RandomStream } from './random.ts';

/**
 * Everything that this program draws random numbers for. A purpose is part of its streams' names, so that no two purposes draw the same
 * numbers. Stored results depend on these names: none may be changed.
 */
export type StreamPurpose =
  /** The architectures of a study. */
  | 'population'
  /** The classes that a selection takes; with `nestedClasses`, their order. */
  | 'classes'
  | 'nested-classes'
  /** The images of undivided data that are held out. */
  | 'test'
  | 'validation'
  /** The images that a selection takes from each split. */
  | 'train-images'
  | 'validation-images'
  | 'test-images'
  | RunPurpose
  /** The training images on the page of `datasets show`, and how they are augmented there. */
  | 'contact-sheet'
  | 'contact-sheet-augmentation'
  /** The synthetic images with which a device's speed is measured. */
  | 'step rate'
  /** The runs that `verify` trains again. */
  | 'verification'
  /** The architectures that a report shows if there are too many for all. */
  | 'shown'
  | RehearsalPurpose
  /** Random permutations, resamples and subsets of architectures for statistics. */
  | 'permutations'
  | 'resamples'
  | 'ranges'
  | `test images of ${string}`;

/** Everything that a run draws random numbers for. */
export type RunPurpose =
  | 'initial-weights'
  | 'batches'
  | 'augmentation'
  /** The images from which precise batch-normalization statistics are computed, and their augmentation. */
  | 'statistics'
  | 'statistics-augmentation';

/** Everything that a simulated training draws random numbers for. */
export type RehearsalPurpose =
  /** The parts of an error that are common to all datasets, and specific to a dataset, a selection and a training. */
  | 'common'
  | 'dataset'
  | 'selection'
  | 'chance'
  /** The made-up features of a listed network, which only its trainer knows. */
  | 'listed'
  /** Whether an attempt fails, whether a run diverges, and how long it takes. */
  | 'failure'
  | 'divergence'
  | 'duration';

/**
 * Returns the random stream of a seed and a purpose, e.g. `stream(seed, 'classes', 'imagenet', 10)`; further names distinguish streams of
 * one purpose.
 */
export const stream = (seed: number, purpose: StreamPurpose, ...names: readonly (string | number)[]): RandomStream =>
  namedStream(seed, purpose, ...names);
