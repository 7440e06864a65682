import type { Layer } from '../design-space/layers.ts';
import { bitsOf, CompiledModel, type Inputs } from './compiled-model.ts';
import { flatValues, namedValues } from './flat-state.ts';
import { optimizerSlots, perSlot } from './graph/optimizer.ts';
import { parametersOf, stateLayout, type StateLayout } from './graph/state-layout.ts';
import { compileTrainingGraph, lossCapacity } from './graph/training-graph.ts';
import { usesOwnOperations } from './native-operations.ts';
import { packedPixels } from './packed-pixels.ts';
import { lossScalingOf, type RunningProtocol } from './protocol.ts';
import { sampleCrops, type Samples } from './sampling.ts';
import {
  lossScalingEntry,
  slotEntry,
  type AugmentedImages,
  type BatchImages,
  type DatasetDescription,
  type Evaluation,
  type NetworkState,
  type TrainingSession,
} from './session.ts';
import {
  sampleForTest,
  samplingOf,
  testFraming,
  trainingFraming,
  type TestFraming,
  type TrainingFraming,
} from './framing.ts';

export interface SessionOptions {
  layers: readonly Layer[];
  protocol: RunningProtocol;
  dataset: DatasetDescription;
  /** The pixels of all training images, in sequence, to keep in TensorFlow; absent to stream every batch. */
  residentPixels?: Uint8Array;
  /** A folder for the compiled graph that nothing else uses. */
  directory: string;
  /** False to use only TensorFlow's operations; by default, this project's own are used if the process has them. */
  ownOperations?: boolean;
}

/** Images that are already normalized: float32 values [n, size, size, channels]. */
export interface NormalizedImages {
  values: Float32Array;
  shape: readonly [number, number, number, number];
}

/** Compiles a network's training graph and loads it into TensorFlow, with the resident pixels. The state is not set yet. */
export async function openTrainingSession(options: SessionOptions): Promise<TensorFlowSession> {
  const { layers, protocol, dataset, residentPixels, directory } = options;
  const layout = stateLayout(layers);
  const { channels, classes, normalization } = dataset;
  const [training, test] = [trainingFraming(dataset, protocol), testFraming(dataset, protocol)];
  const graph = compileTrainingGraph({
    layers,
    layout,
    protocol,
    sizes: { network: training.size, channels },
    classes,
    normalization,
    trainingSampling: samplingOf(training.rule),
    testSampling: samplingOf(test.rule),
    ownOperations: options.ownOperations !== false && usesOwnOperations(protocol),
  });
  const model = await CompiledModel.open(directory, graph);
  if (residentPixels !== undefined) model.run('load', { pixels: packedPixels(residentPixels, channels) });
  return new TensorFlowSession(model, layout, { protocol, training, test, channels, classes });
}

/** Facts that a session needs about its network. */
interface SessionFacts {
  protocol: RunningProtocol;
  training: TrainingFraming;
  test: TestFraming;
  channels: number;
  classes: number;
}

/** A training session on TensorFlow's C++ runtime. */
export class TensorFlowSession implements TrainingSession {
  readonly layout: StateLayout;
  readonly #model: CompiledModel;
  readonly #how: SessionFacts;
  /** [factor, steps since it changed] before training; absent if the loss is not scaled. */
  readonly #initialLossScaling: Float32Array | undefined;
  #accumulatedBatches = 0;
  /** Number of losses in TensorFlow that have not been read. */
  #unreadLosses = 0;
  /** Runs since the last wait for TensorFlow. */
  #runsAhead = 0;
  readonly #losses: number[] = [];

  constructor(model: CompiledModel, layout: StateLayout, how: SessionFacts) {
    this.#model = model;
    this.layout = layout;
    this.#how = how;
    const scaling = lossScalingOf(how.protocol);
    this.#initialLossScaling = scaling && Float32Array.of(scaling.initial, 0);
  }

  restore(state: NetworkState): void {
    this.takeLosses();
    this.#model.run('restore', {
      weights: bitsOf(flatValues(this.#parameters, state)),
      ...perSlot((slot) => bitsOf(flatValues(this.#parameters, state, (name) => slotEntry(name, slot)))),
      statistics: bitsOf(flatValues(this.layout.statistics, state)),
      ...(this.#initialLossScaling && {
        loss_scaling: bitsOf(state.get(lossScalingEntry) ?? this.#initialLossScaling),
      }),
    });
  }

  read(): NetworkState {
    const { weights, statistics, loss_scaling: lossScaling, ...slots } = this.#floats('read', {});
    return new Map([
      ...namedValues(this.#parameters, weights!),
      ...optimizerSlots.flatMap((slot) => namedValues(this.#parameters, slots[slot]!, (name) => slotEntry(name, slot))),
      ...namedValues(this.layout.statistics, statistics!),
      ...(lossScaling ? [[lossScalingEntry, lossScaling] as const] : []),
    ]);
  }

  trainStep(batch: AugmentedImages, labels: Int32Array, learningRate: number): void {
    this.#step('train', { ...this.#augmented(batch), labels, learning_rate: bitsOf(Float32Array.of(learningRate)) });
  }

  takeLosses(): number[] {
    if (this.#unreadLosses > 0) this.#readLosses();
    return this.#losses.splice(0);
  }

  accumulateStatistics(batch: AugmentedImages): void {
    this.#runAhead('accumulateStatistics', this.#augmented(batch));
    this.#accumulatedBatches++;
  }

  applyStatistics(): void {
    if (this.#accumulatedBatches === 0) throw new Error('no batch-norm statistics have been accumulated');
    this.#model.run('applyStatistics', { batches: bitsOf(Float32Array.of(this.#accumulatedBatches)) });
    this.#accumulatedBatches = 0;
  }

  evaluate({ pixels, extents }: Required<BatchImages>, labels: Int32Array): Evaluation {
    const { test, channels, classes } = this.#how;
    this.#model.run('loadTest', { pixels: packedPixels(pixels, channels) });
    const samples = samplesInput('test', sampleForTest(extents, test));
    const { sums, logits } = this.#floats('evaluate', { ...samples, labels });
    const [loss, top1Errors, top5Errors] = sums as unknown as [number, number, number];
    return { images: labels.length, loss, top1Errors, top5Errors: classes > 5 ? top5Errors : null, logits: logits! };
  }

  /** One optimizer step on normalized images; returns the loss before it. */
  trainStepOnNormalized(images: NormalizedImages, labels: Int32Array, learningRate: number): number {
    this.#step('trainNormalized', { images, labels, learning_rate: bitsOf(Float32Array.of(learningRate)) });
    return this.takeLosses().at(-1)!;
  }

  /** Returns loss, logits [n, classes] and the gradient of normalized images, without a step. */
  gradients(
    images: NormalizedImages,
    labels: Int32Array,
  ): { loss: number; logits: Float32Array; gradient: NetworkState } {
    const { loss, logits, gradient } = this.#floats('gradients', { images, labels });
    return { loss: loss![0]!, logits: logits!, gradient: new Map(namedValues(this.#parameters, gradient!)) };
  }

  /** Returns the logits [n, classes] of normalized images, with the running statistics. */
  evaluateNormalized(images: NormalizedImages): Float32Array {
    return this.#floats('evaluateNormalized', { test_images: images })['logits']!;
  }

  /** Returns the batch as the network would see it, float32 [n, size, size, channels]. */
  augment(batch: AugmentedImages): Float32Array {
    return this.#floats('augment', this.#augmented(batch))['images']!;
  }

  close(): void {
    this.#model.close();
  }

  get #parameters() {
    return parametersOf(this.layout);
  }

  /** Returns the inputs for a batch, after putting its pixels into TensorFlow unless they are already there. */
  #augmented({ images: { extents, pixels }, augmentation: { crops, flips, lighting } }: AugmentedImages): Inputs {
    if (pixels !== undefined) this.#model.run('load', { pixels: packedPixels(pixels, this.#how.channels) });
    const { size, rule } = this.#how.training;
    return {
      ...samplesInput('training', sampleCrops(extents, crops, flips, size, rule)),
      lighting: bitsOf(lighting),
    };
  }

  #step(signature: 'train' | 'trainNormalized', inputs: Inputs): void {
    this.#runAhead(signature, inputs);
    this.#unreadLosses++;
  }

  /** Runs a signature without waiting for the GPU; at most as many runs are pending as there is room for losses. */
  #runAhead(signature: string, inputs: Inputs): void {
    if (this.#runsAhead === lossCapacity) this.#readLosses();
    this.#model.run(signature, inputs);
    this.#runsAhead++;
  }

  /** Reads the unread losses, which waits for all runs so far. */
  #readLosses(): void {
    const losses = this.#floats('losses', {})['losses']!;
    this.#losses.push(...losses.subarray(lossCapacity - this.#unreadLosses));
    this.#unreadLosses = 0;
    this.#runsAhead = 0;
  }

  #floats(signature: string, inputs: Inputs): Record<string, Float32Array> {
    return this.#model.run(signature, inputs) as Record<string, Float32Array>;
  }
}

/** Names samples as inputs of a graph. */
const samplesInput = (name: 'training' | 'test', { rows, columns, rowWeights, columnWeights }: Samples): Inputs => ({
  [`${name}_rows`]: rows,
  [`${name}_columns`]: columns,
  [`${name}_row_weights`]: bitsOf(rowWeights),
  [`${name}_column_weights`]: bitsOf(columnWeights),
});
