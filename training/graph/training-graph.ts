import type { Layer } from '../../design-space/layers.ts';
import { lossScalingOf, type TrainingProtocol } from '../protocol.ts';
import { backward } from './backward.ts';
import { batchStatistics, forward, type Pass } from './forward.ts';
import {
  floatEndpoint as float,
  GraphBuilder,
  intEndpoint as int,
  type DataType,
  type Signature,
  type Tensor,
} from './graph-builder.ts';
import { normalize, resample, unpackPixels, type ImageSizes } from './images.ts';
import { evaluationSums, trainingLoss } from './loss.ts';
import { allFinite, scaledLoss, updateFactor } from './loss-scaling.ts';
import { Ops } from './ops.ts';
import { updateStatistics, updateWeights } from './optimizer.ts';
import { entriesSize, weightCount, type StateLayout } from './state-layout.ts';
import { stateSignatures } from './state-signatures.ts';
import { flattened, parameters, vectors } from './state-vectors.ts';

/** What a training graph is compiled from. */
export interface TrainingGraphOptions {
  layers: readonly Layer[];
  layout: StateLayout;
  protocol: Pick<TrainingProtocol, 'optimizer' | 'batchNorm' | 'labelSmoothing' | 'precision' | 'lossScaling'>;
  sizes: ImageSizes;
  classes: number;
  normalization: { mean: readonly number[]; std: readonly number[] };
  /** Images of the data that stays in TensorFlow; 0 where every batch is streamed. */
  residentImages: number;
  /** Whether training crops see zeros outside the image (padded crops) or its edge. */
  zeroOutside: boolean;
}

/** A graph ready to be saved, with its signatures by name. */
export interface CompiledGraph {
  builder: GraphBuilder;
  signatures: Record<string, Signature>;
}

/**
 * Compiles a network with everything that trains and tests it into one graph.
 *
 * Signatures share nodes and differ in what they feed and fetch; TensorFlow runs only what a fetch needs. `trainNormalized` feeds
 * the tensor behind the augmentation, so it is the same training step on given float images.
 */
export function compileTrainingGraph(options: TrainingGraphOptions): CompiledGraph {
  const { layers, layout, protocol, sizes, classes, residentImages } = options;
  const builder = new GraphBuilder();
  const ops = new Ops(builder);
  const type = computeType(protocol.precision);
  const { epsilon } = protocol.batchNorm;

  const weights = builder.variable('weights', 'float32', [weightCount(layout)]);
  const momentum = builder.variable('momentum', 'float32', [weightCount(layout)]);
  const statistics = builder.variable('statistics', 'float32', [entriesSize(layout.statistics)]);
  const accumulated = builder.variable('accumulated', 'float32', [entriesSize(layout.statistics)]);

  const weightValues = ops.read(weights);
  const parameter = parameters(ops, layout, weightValues, type);
  const labels = builder.placeholder('labels', 'int32', [-1]);
  const trainingPass: Pass = { type, epsilon, parameter };

  // Training images: pixels of the batch, augmented and normalized.
  const source = trainingPixels(ops, options);
  const lighting = builder.placeholder('lighting', 'float32', [-1, sizes.channels]);
  const transforms = builder.placeholder('transforms', 'float32', [-1, 8]);
  const normalized = normalize(
    ops,
    ops.cast(source.pixels, 'uint8', 'float32'),
    sizes,
    options.normalization,
    lighting,
  );
  const images = ops.identity(resample(ops, normalized, transforms, sizes, options), 'float32', 'images');

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

  const learningRate = builder.placeholder('learning_rate', 'float32', []);
  // Only where the loss is scaled: a step whose gradient overflowed is left out.
  const finite = scaled && allFinite(ops, flatGradient);
  const updates = [
    updateWeights(ops, { weights, momentum, weightValues, flatGradient, learningRate }, protocol.optimizer, finite),
    updateStatistics(ops, statistics, flatStatistics, protocol.batchNorm.momentum, finite),
    ...(scaled && finite ? [updateFactor(ops, scaled, finite)] : []),
  ];
  const trainLoss = ops.identity(loss, 'float32', 'train_loss', updates);

  // Testing: pixels of the batch at the test-time size, by the running statistics.
  const testPacked = builder.placeholder('test_pixels', 'int32', [-1]);
  const testTransform = builder.placeholder('test_transform', 'float32', [1, 8]);
  const testNormalized = normalize(
    ops,
    ops.cast(unpackPixels(ops, testPacked, -1, sizes), 'uint8', 'float32'),
    sizes,
    options.normalization,
  );
  const testImages = ops.identity(
    resample(ops, testNormalized, testTransform, sizes, { zeroOutside: false }),
    'float32',
    'test_images',
  );
  const testing = forward(ops, layers, ops.cast(testImages, 'float32', type), {
    ...trainingPass,
    statistic: vectors(ops, layout.statistics, ops.read(statistics)),
  });
  const testLogits = ops.identity(testing.logits, 'float32', 'test_logits');
  const sums = ops.identity(evaluationSums(ops, testing.logits, labels, classes), 'float32', 'evaluation_sums');

  const fedImages = float(images, -1, sizes.network, sizes.network, sizes.channels);
  const augmented = {
    [source.input]: int(source.input, -1),
    lighting: float(lighting, -1, sizes.channels),
    transforms: float(transforms, -1, 8),
  };
  const step = { labels: int(labels, -1), learning_rate: float(learningRate) };
  const signatures: Record<string, Signature> = {
    ...stateSignatures(ops, layout, { weights, momentum, statistics, accumulated, lossScaling: scaled?.variable }),
    train: { inputs: { ...augmented, ...step }, outputs: { loss: float(trainLoss) } },
    trainNormalized: { inputs: { images: fedImages, ...step }, outputs: { loss: float(trainLoss) } },
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
      outputs: { done: float(ops.done('statistics_accumulated', [ops.assignAdd(accumulated, flatStatistics)])) },
    },
    evaluate: {
      inputs: { test_pixels: int(testPacked, -1), test_transform: float(testTransform, 1, 8), labels: step.labels },
      outputs: { sums: float(sums, 3) },
    },
    evaluateNormalized: {
      inputs: { test_images: float(testImages, -1, sizes.network, sizes.network, sizes.channels) },
      outputs: { logits: float(testLogits, -1, classes) },
    },
  };
  if (residentImages > 0) signatures['load'] = source.load as Signature;
  return { builder, signatures };
}

/** The type that activations and convolutions have at a precision. */
export function computeType(precision: TrainingProtocol['precision']): DataType {
  return precision === 'bfloat16' || precision === 'float16' ? precision : 'float32';
}

/** Where the pixels of a training batch come from: indices into a variable, or the packed pixels themselves. */
function trainingPixels(
  ops: Ops,
  { sizes, residentImages }: TrainingGraphOptions,
): { pixels: Tensor; input: string; load?: Signature } {
  const { builder } = ops;
  if (residentImages === 0) {
    const packed = builder.placeholder('pixels', 'int32', [-1]);
    return { pixels: unpackPixels(ops, packed, -1, sizes), input: packed };
  }
  const variable = builder.variable('resident', 'uint8', [
    residentImages,
    sizes.prepared,
    sizes.prepared,
    sizes.channels,
  ]);
  const indices = builder.placeholder('indices', 'int32', [-1]);
  const pixels = builder.node('ResourceGather', [variable, indices], {
    dtype: { type: 'uint8' },
    Tindices: { type: 'int32' },
    batch_dims: { int: 0 },
    validate_indices: { bool: true },
  });
  const packed = builder.placeholder('resident_pixels', 'int32', [-1]);
  const assigned = ops.assign(variable, unpackPixels(ops, packed, residentImages, sizes), 'uint8');
  return {
    pixels,
    input: indices,
    load: { inputs: { pixels: int(packed, -1) }, outputs: { done: float(ops.done('loaded', [assigned])) } },
  };
}
