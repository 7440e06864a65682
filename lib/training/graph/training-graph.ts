import { lossScalingOf, type RunningProtocol } from '../protocol.ts';
import { backward } from './backward.ts';
import { ConvolutionOps } from './convolution.ts';
import { batchStatistics, forward, type Pass } from './forward.ts';
import {
  floatEndpoint as float,
  GraphBuilder,
  intEndpoint as int,
  type CompiledGraph,
  type Signature,
  type Tensor,
} from './graph-builder.ts';
import { normalize, pixelBuffer, sampleImages, type GraphSampling } from './images.ts';
import { trainingLoss } from './loss.ts';
import { allFinite, scaledLoss, updateFactor } from './loss-scaling.ts';
import { mergedNormalizations } from './merged-normalization.ts';
import { Ops } from './ops.ts';
import { perSlot, updateStatistics, updateWeights } from './optimizer.ts';
import { computeType } from './precision.ts';
import { entriesSize, weightCount, type StateLayout } from './state-layout.ts';
import { stateSignatures } from './state-signatures.ts';
import { flattened, parameters, vectors } from './state-vectors.ts';
import { evaluationSignatures, type EvaluationOptions } from './evaluation.ts';

/** Everything that a training graph is compiled from. */
export interface TrainingGraphOptions extends EvaluationOptions {
  layout: StateLayout;
  protocol: Pick<RunningProtocol, 'optimizer' | 'batchNorm' | 'labelSmoothing' | 'precision' | 'lossScaling'>;
  /** Sampling of training images. */
  trainingSampling: GraphSampling;
  /** Whether training uses this project's own operations, which exist only for CPUs. */
  ownOperations: boolean;
}

/** Number of losses that a training keeps until they are read. */
export const lossCapacity = 16;

/**
 * Compiles a network, with everything for training and testing it, into one graph.
 *
 * Signatures share nodes and differ in what they feed and fetch; TensorFlow runs only what a fetch needs. `trainNormalized` feeds the
 * tensor after the augmentation, so it is the same training step on given float images.
 */
export function compileTrainingGraph(options: TrainingGraphOptions): CompiledGraph {
  const { layers, layout, protocol, sizes, classes } = options;
  const builder = new GraphBuilder();
  const ops = new Ops(builder);
  const type = computeType(protocol.precision);
  const { epsilon } = protocol.batchNorm;

  const weights = builder.variable('weights', 'float32', [weightCount(layout)]);
  const slots = perSlot((slot) => builder.variable(slot, 'float32', [weightCount(layout)]));
  const statistics = builder.variable('statistics', 'float32', [entriesSize(layout.statistics)]);
  const accumulated = builder.variable('accumulated', 'float32', [entriesSize(layout.statistics)]);
  const losses = builder.variable('losses', 'float32', [lossCapacity]);

  const weightValues = ops.read(weights);
  const parameter = parameters(ops, layout, weightValues, type);
  const labels = ops.fedInts('labels');
  const pass: Pass = { type, epsilon, parameter };
  const trainingPass: Pass = options.ownOperations
    ? { ...pass, merged: mergedNormalizations(layers, new ConvolutionOps(ops, type, true)) }
    : pass;

  // Training images, sampled from the pixels of the batch or of the whole dataset, augmented and normalized.
  const buffer = pixelBuffer(ops, 'pixels', sizes.channels);
  const sampled = sampleImages(ops, buffer, 'training', sizes, options.trainingSampling);
  const lighting = ops.fedFloats('lighting', [-1, sizes.channels]);
  const images = ops.identity(normalize(ops, sampled, options.normalization, lighting), 'float32', 'images');

  const training = forward(ops, layers, ops.cast(images, 'float32', type), trainingPass);
  const { loss, gradient } = trainingLoss(ops, training.logits, labels, {
    classes,
    smoothing: protocol.labelSmoothing,
  });
  const scaling = lossScalingOf(protocol);
  const scaled = scaling && scaledLoss(ops, scaling);
  const outerGradient = scaled ? ops.multiply(gradient, scaled.factor) : gradient;
  const gradients = backward(ops, layers, training, outerGradient, trainingPass);
  const sweptGradient = flattened(ops, layout, gradients, type);
  const flatGradient = scaled ? ops.divide(sweptGradient, scaled.factor) : sweptGradient;
  const flatStatistics = ops.concat(batchStatistics(layers, training));

  const learningRate = ops.fedFloats('learning_rate', []);
  // Only if the loss is scaled: a step whose gradient overflowed is skipped.
  const finite = scaled && allFinite(ops, flatGradient);
  const updates = [
    updateWeights(ops, { weights, slots, weightValues, flatGradient, learningRate, finite }, protocol.optimizer),
    updateStatistics(ops, statistics, flatStatistics, protocol.batchNorm.momentum, finite),
    ...(scaled && finite ? [updateFactor(ops, scaled, finite)] : []),
    appendLoss(ops, losses, loss),
  ];
  const trained = { done: int(ops.done('trained', updates)) };

  const fedImages = float(images, -1, sizes.network, sizes.network, sizes.channels);
  const augmented = { ...sampled.inputs, lighting: int('lighting', -1) };
  const step = { labels: int(labels, -1), learning_rate: int('learning_rate', 1) };
  const variables = { weights, slots, statistics, accumulated, losses, lossScaling: scaled?.variable };
  const signatures: Record<string, Signature> = {
    ...stateSignatures(ops, layout, variables, lossCapacity),
    ...evaluationSignatures(ops, options, labels, {
      ...pass,
      statistic: vectors(ops, layout.statistics, ops.read(statistics)),
    }),
    load: buffer.load,
    train: { inputs: { ...augmented, ...step }, outputs: trained },
    trainNormalized: { inputs: { images: fedImages, ...step }, outputs: trained },
    gradients: {
      inputs: { images: fedImages, labels: step.labels },
      outputs: {
        loss: float(ops.identity(loss, 'float32', 'loss')),
        logits: float(ops.identity(training.logits, 'float32', 'logits'), -1, classes),
        gradient: float(ops.identity(flatGradient, 'float32', 'gradient'), weightCount(layout)),
      },
    },
    augment: {
      inputs: augmented,
      outputs: {
        images: float(ops.identity(images, 'float32', 'augmented'), -1, sizes.network, sizes.network, sizes.channels),
      },
    },
    accumulateStatistics: {
      inputs: augmented,
      outputs: { done: int(ops.done('statistics_accumulated', [ops.assignAdd(accumulated, flatStatistics)])) },
    },
  };
  return { builder, signatures };
}

/** Appends a loss to those kept, and drops the oldest. */
function appendLoss(ops: Ops, losses: Tensor, loss: Tensor): Tensor {
  const kept = ops.slice(ops.read(losses), [1], [lossCapacity - 1]);
  return ops.assign(losses, ops.concat([kept, ops.reshape(loss, [1])]));
}
