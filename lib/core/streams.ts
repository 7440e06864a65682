import { stream as namedStream, type RandomStream } from './random.ts';

/**
 * Everything that this program draws random numbers for. A purpose is a part of the name of its streams, so that no two purposes draw the
 * same numbers. Results that are stored depend on these names: none may be changed.
 */
export type StreamPurpose =
  /** The architectures of a study. */
  | 'population'
  /** Which classes a selection takes; with `nestedClasses`, the order in which it takes them. */
  | 'classes'
  | 'nested-classes'
  /** Which images of undivided data are held out. */
  | 'test'
  | 'validation'
  /** Which images a selection takes of each split. */
  | 'train-images'
  | 'validation-images'
  | 'test-images'
  | RunPurpose
  /** The training images on the page of `datasets show`, and how they are augmented there. */
  | 'contact-sheet'
  | 'contact-sheet-augmentation'
  /** The made-up images by which a device's speed is measured. */
  | 'step rate'
  /** Which runs `verify` trains again. */
  | 'verification'
  /** Which architectures a report shows if they are too many. */
  | 'shown'
  | RehearsalPurpose
  /** Random permutations, resamples and subsets of architectures, by which statistics are computed. */
  | 'permutations'
  | 'resamples'
  | 'ranges'
  | `test images of ${string}`;

/** What a run draws random numbers for. */
export type RunPurpose =
  | 'initial-weights'
  | 'batches'
  | 'augmentation'
  /** The images, and their augmentation, of which exact statistics for batch normalization are computed. */
  | 'statistics'
  | 'statistics-augmentation';

/** What a simulated training draws random numbers for. */
export type RehearsalPurpose =
  /** The parts of an error that all datasets, a dataset, a selection and a training have of their own. */
  | 'common'
  | 'dataset'
  | 'selection'
  | 'chance'
  /** What a network of a list is like, of which only its trainer knows anything. */
  | 'listed'
  /** Whether an attempt fails, whether a run diverges, and how long it takes. */
  | 'failure'
  | 'divergence'
  | 'duration';

/** The random stream of a seed and a purpose, e.g. `stream(seed, 'classes', 'imagenet', 10)`; further names tell streams of one purpose apart. */
export const stream = (seed: number, purpose: StreamPurpose, ...names: readonly (string | number)[]): RandomStream =>
  namedStream(seed, purpose, ...names);
