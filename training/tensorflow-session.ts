import tf from '@tensorflow/tfjs-node-gpu';
import type { Layer } from '../design-space/layers.ts';
import { lossScalingOf, type TrainingProtocol } from './protocol.ts';
import { compileTrainingGraph } from './graph/training-graph.ts';
import { entriesSize, stateLayout, type StateEntry, type StateLayout } from './graph/state-layout.ts';
import { cropTransforms, testTransform } from './image-transform.ts';
import {
  lossScalingEntry,
  type AugmentedImages,
  type BatchImages,
  type DatasetDescription,
  type EvaluationSums,
  type NetworkState,
  type TrainingSession,
} from './session.ts';

export interface SessionOptions {
  layers: readonly Layer[];
  protocol: TrainingProtocol;
  dataset: DatasetDescription;
  /** All training pixels (uint8, [images, size, size, channels]) to keep in TensorFlow; absent to stream every batch. */
  residentPixels?: Uint8Array;
  /** A folder of the session's own, for the compiled graph. */
  directory: string;
  /** What the session is for: only the signatures that it needs are loaded. */
  purpose: keyof typeof signaturesFor;
}

const signaturesFor = {
  training: ['train', 'accumulateStatistics', 'applyStatistics', 'evaluate', 'restore', 'read'],
  evaluation: ['restore', 'evaluate'],
  comparison: ['restore', 'gradients', 'trainNormalized', 'evaluateNormalized'],
};

type Inputs = Record<string, tf.Tensor>;
type Model = Awaited<ReturnType<typeof tf.node.loadSavedModel>>;

/** Compiles a network's training graph, loads it into TensorFlow and puts the resident pixels there. The state is still unset. */
export async function openTrainingSession(options: SessionOptions): Promise<TensorFlowSession> {
  const { layers, protocol, dataset, residentPixels, directory } = options;
  const layout = stateLayout(layers);
  const imageBytes = dataset.imageSize ** 2 * dataset.channels;
  const networkSize = protocol.imageSize ?? dataset.imageSize;
  const { builder, signatures } = compileTrainingGraph({
    layers,
    layout,
    protocol,
    sizes: { prepared: dataset.imageSize, network: networkSize, channels: dataset.channels },
    classes: dataset.classes,
    normalization: dataset.normalization,
    residentImages: residentPixels === undefined ? 0 : residentPixels.length / imageBytes,
    zeroOutside: protocol.augmentation.crop.kind === 'pad',
  });
  await builder.save(directory, signatures);
  const session = new TensorFlowSession(layout, { directory, protocol, dataset, networkSize });
  await session.prepare('restore');
  // tfjs parses the file anew for each signature: by the graph that is in TensorFlow now, 0.2 s more for 60 blocks.
  await builder.save(directory, signatures, { loaded: true });
  await session.prepare(...signaturesFor[options.purpose]);
  if (residentPixels !== undefined) await session.load(residentPixels);
  return session;
}

/** A training session on TensorFlow's C++ runtime. Calls block until TensorFlow is done. */
export class TensorFlowSession implements TrainingSession {
  readonly layout: StateLayout;
  private readonly directory: string;
  private readonly classes: number;
  private readonly networkSize: number;
  private readonly testTransform: Float32Array;
  /** [factor, steps since it changed] before training; absent where the loss is not scaled. */
  private readonly initialLossScaling: Float32Array | undefined;
  private readonly models = new Map<string, Model>();
  private accumulatedBatches = 0;

  constructor(
    layout: StateLayout,
    options: { directory: string; protocol: TrainingProtocol; dataset: DatasetDescription; networkSize: number },
  ) {
    const { protocol, dataset, networkSize } = options;
    this.layout = layout;
    this.directory = options.directory;
    this.classes = dataset.classes;
    this.networkSize = networkSize;
    this.testTransform = testTransform(dataset.imageSize, protocol.testShortSide ?? networkSize, networkSize);
    const scaling = lossScalingOf(protocol);
    this.initialLossScaling = scaling && Float32Array.of(scaling.initial, 0);
  }

  /** Loads the signatures that are named, so that later calls of them do not wait for it. */
  async prepare(...signatures: string[]): Promise<void> {
    for (const signature of signatures)
      if (!this.models.has(signature))
        this.models.set(signature, await tf.node.loadSavedModel(this.directory, ['serve'], signature));
  }

  /** Puts the training pixels into TensorFlow's memory. */
  async load(pixels: Uint8Array): Promise<void> {
    await this.prepare('load');
    this.run('load', { pixels: packed(pixels) });
  }

  restore(state: NetworkState): void {
    this.run('restore', {
      weights: vector(this.layout.convolutions.concat(this.layout.others), state, ''),
      momentum: vector(this.layout.convolutions.concat(this.layout.others), state, '/momentum'),
      statistics: vector(this.layout.statistics, state, ''),
      ...(this.initialLossScaling && {
        loss_scaling: tf.tensor1d(state.get(lossScalingEntry) ?? this.initialLossScaling),
      }),
    });
  }

  read(): NetworkState {
    const { weights, momentum, statistics, loss_scaling: lossScaling } = this.run('read', {});
    const parameters = this.layout.convolutions.concat(this.layout.others);
    return new Map([
      ...named(parameters, weights as Float32Array, ''),
      ...named(parameters, momentum as Float32Array, '/momentum'),
      ...named(this.layout.statistics, statistics as Float32Array, ''),
      ...(lossScaling ? [[lossScalingEntry, lossScaling] as const] : []),
    ]);
  }

  trainStep(batch: AugmentedImages, labels: Int32Array, learningRate: number): number {
    return this.scalar('train', {
      ...this.augmented(batch),
      labels: tf.tensor1d(labels, 'int32'),
      learning_rate: tf.scalar(learningRate),
    });
  }

  accumulateStatistics(batch: AugmentedImages): void {
    this.run('accumulateStatistics', this.augmented(batch));
    this.accumulatedBatches++;
  }

  applyStatistics(): void {
    if (this.accumulatedBatches === 0) throw new Error('no batch-norm statistics have been accumulated');
    this.run('applyStatistics', { batches: tf.scalar(this.accumulatedBatches) });
    this.accumulatedBatches = 0;
  }

  evaluate(pixels: Uint8Array, labels: Int32Array): EvaluationSums {
    const { sums } = this.run('evaluate', {
      test_pixels: packed(pixels),
      test_transform: tf.tensor2d(this.testTransform, [1, 8]),
      labels: tf.tensor1d(labels, 'int32'),
    });
    const [loss, top1Errors, top5Errors] = sums as unknown as [number, number, number];
    return { images: labels.length, loss, top1Errors, top5Errors: this.classes > 5 ? top5Errors : null };
  }

  /** One optimizer step on images that are normalized already, float32 [n, size, size, channels]. */
  trainStepOnNormalized(images: tf.Tensor4D, labels: Int32Array, learningRate: number): number {
    return this.scalar('trainNormalized', {
      images: images.clone(),
      labels: tf.tensor1d(labels, 'int32'),
      learning_rate: tf.scalar(learningRate),
    });
  }

  /** Loss, logits [n, classes] and the flat gradient (in the order of the layout) of normalized images, without a step. */
  gradients(images: tf.Tensor4D, labels: Int32Array): { loss: number; logits: Float32Array; gradient: NetworkState } {
    const { loss, logits, gradient } = this.run('gradients', {
      images: images.clone(),
      labels: tf.tensor1d(labels, 'int32'),
    });
    const parameters = this.layout.convolutions.concat(this.layout.others);
    return {
      loss: (loss as Float32Array)[0] as number,
      logits: logits as Float32Array,
      gradient: new Map(named(parameters, gradient as Float32Array, '')),
    };
  }

  /** Logits [n, classes] of normalized images by the running statistics. */
  evaluateNormalized(images: tf.Tensor4D): Float32Array {
    return this.run('evaluateNormalized', { test_images: images.clone() })['logits'] as Float32Array;
  }

  /** The batch as the network would see it, float32 [n, size, size, channels]. */
  augment(batch: AugmentedImages): Float32Array {
    return this.run('augment', this.augmented(batch))['images'] as Float32Array;
  }

  close(): void {
    for (const model of this.models.values()) model.dispose();
    this.models.clear();
  }

  private augmented({ images, augmentation }: AugmentedImages): Inputs {
    const count = augmentation.flips.length;
    return {
      ...imageInput(images),
      lighting: tf.tensor2d(augmentation.lighting, [count, augmentation.lighting.length / count]),
      transforms: tf.tensor2d(cropTransforms(augmentation, this.networkSize), [count, 8]),
    };
  }

  private scalar(signature: string, inputs: Inputs): number {
    return (this.run(signature, inputs)['loss'] as Float32Array)[0] as number;
  }

  /** Runs a signature, disposes its inputs, and returns copies of its outputs. */
  private run(signature: string, inputs: Inputs): Record<string, Float32Array> {
    const model = this.models.get(signature);
    if (model === undefined) throw new Error(`the signature ${signature} has not been prepared`);
    try {
      const outputs = model.predict(inputs) as Record<string, tf.Tensor>;
      return Object.fromEntries(
        Object.entries(outputs).map(([name, tensor]) => {
          const values = tensor.dataSync<'float32'>();
          tensor.dispose();
          return [name, values];
        }),
      );
    } finally {
      tf.dispose(inputs);
    }
  }
}

function imageInput(images: BatchImages): Inputs {
  return images.kind === 'resident'
    ? { indices: tf.tensor1d(images.indices, 'int32') }
    : { pixels: packed(images.pixels) };
}

/** uint8 values four to an int32, the form in which they go to TensorFlow without a copy for each conversion. */
function packed(pixels: Uint8Array): tf.Tensor1D {
  const words = Math.ceil(pixels.length / 4);
  if (pixels.byteOffset % 4 === 0 && pixels.length % 4 === 0)
    return tf.tensor1d(new Int32Array(pixels.buffer, pixels.byteOffset, words), 'int32');
  const padded = new Uint8Array(4 * words);
  padded.set(pixels);
  return tf.tensor1d(new Int32Array(padded.buffer), 'int32');
}

/** The entries of a state, each under its name and a suffix, as one vector. */
function vector(entries: readonly StateEntry[], state: NetworkState, suffix: string): tf.Tensor1D {
  const values = new Float32Array(entriesSize(entries));
  let offset = 0;
  for (const { name, size } of entries) {
    const entry = state.get(name + suffix);
    if (entry?.length !== size)
      throw new Error(`the state must hold ${size} values of ${name}${suffix}, got ${entry?.length ?? 'none'}`);
    values.set(entry, offset);
    offset += size;
  }
  return tf.tensor1d(values);
}

/** The entries of a vector under their names and a suffix. */
function named(entries: readonly StateEntry[], values: Float32Array, suffix: string): [string, Float32Array][] {
  let offset = 0;
  return entries.map(({ name, size }) => {
    offset += size;
    return [name + suffix, values.subarray(offset - size, offset)];
  });
}
