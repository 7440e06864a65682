import type { DatasetManifest } from '../datasets/manifest.ts';
import type { OptimizerSlot } from './graph/optimizer.ts';
import type { ImageExtents } from './sampling.ts';

/**
 * Everything that changes in training, by name, float32 in TensorFlow's layout (convolutions [kernelSize, kernelSize, in / groups, out],
 * linear [in, out]): `<layer>.weight`, `<layer>.bias`, the optimizer's slots for each (`<parameter>/<slot>`), and the running statistics
 * `<batch norm>.running_mean`, `<batch norm>.running_var`. Complete and exact: restoring it continues a run bit for bit.
 */
export type NetworkState = ReadonlyMap<string, Float32Array>;

/** Returns the name of a parameter's optimizer slot in a state. */
export const slotEntry = (parameter: string, slot: OptimizerSlot): string => `${parameter}/${slot}`;

/** Name, in a state, of the loss factor and the number of steps since it changed, if the loss is scaled. */
export const lossScalingEntry = 'loss_scaling';

/** Returns the part of a state needed for evaluation: weights and running statistics. */
export const weightsAndStatistics = (state: NetworkState): NetworkState =>
  new Map([...state].filter(([name]) => !name.includes('/') && name !== lossScalingEntry));

/** The images of a batch. */
export interface BatchImages {
  /** Their positions in the pixels, and sizes. */
  extents: ImageExtents;
  /** uint8, [height, width, channels] of each image; absent if the session keeps the pixels of all images. */
  pixels?: Uint8Array;
}

/** The random choices of the augmentation for a batch of n images. */
export interface AugmentationParameters {
  /** [n, 4]: crop as y0, x0, y1, x1 in pixels of its image; padded crops extend beyond it. */
  crops: Float64Array;
  /** [n]: 1 to mirror, 0 to leave. */
  flips: Uint8Array;
  /** [n, channels]: added to the pixels in [0, 1] before they are normalized. */
  lighting: Float32Array;
}

/** A batch of training images as the network will see them. */
export interface AugmentedImages {
  images: BatchImages;
  augmentation: AugmentationParameters;
}

/** Sums of loss and errors over a batch. */
export interface EvaluationSums {
  images: number;
  /** Sum of the cross-entropies. */
  loss: number;
  /** Number of images whose true class is not strictly ahead of every other class (ties count against the network). */
  top1Errors: number;
  /** Number of images whose true class is not strictly among the five best; null with 5 classes or fewer. */
  top5Errors: number | null;
}

/** Sums over a batch, and its logits. */
export interface Evaluation extends EvaluationSums {
  /** [images, classes] */
  logits: Float32Array;
}

/** The facts about a dataset that a session needs. */
export type DatasetDescription = Pick<DatasetManifest, 'imageSize' | 'fit' | 'channels' | 'normalization' | 'pca'> & {
  classes: number;
};

/** One network in TensorFlow, ready to train: weights, the optimizer's slots, statistics and (if they fit) the data stay there. */
export interface TrainingSession {
  /** Sets the whole state; names and sizes must match exactly. */
  restore(state: NetworkState): void;
  /** Returns a copy of the whole state. */
  read(): NetworkState;
  /** Takes one step of the optimizer. A GPU may still be working on it afterwards. */
  trainStep(batch: AugmentedImages, labels: Int32Array, learningRate: number): void;
  /**
   * Waits for the last step and returns the losses of the steps since the last call, each computed before its step (mean over the batch,
   * without weight decay); NaN or infinite if training has diverged.
   */
  takeLosses(): number[];
  /** Adds a batch of training images, augmented, to the precise batch-norm statistics (as pycls computes them). */
  accumulateStatistics(batch: AugmentedImages): void;
  /** Replaces the running statistics by the mean over the batches accumulated since the last call. */
  applyStatistics(): void;
  /** Evaluates images with the running statistics, framed like test images. */
  evaluate(images: Required<BatchImages>, labels: Int32Array): Evaluation;
  close(): void;
}
