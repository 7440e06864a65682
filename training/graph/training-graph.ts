import type { Layer } from '../../design-space/layers.ts';
import { lossScalingOf, type TrainingProtocol } from '../../study/protocol.ts';
import { GraphBuilder, type DataType, type Endpoint, type Signature, type Tensor } from './graph-builder.ts';
import { normalize, resample, unpackPixels, type ImageSizes } from './images.ts';
import { evaluationSums, trainingLoss } from './loss.ts';
import { allFinite, scaledLoss, updateFactor } from './loss-scaling.ts';
import { backward, batchStatistics, forward, type Pass } from './network.ts';
import { Ops } from './ops.ts';
import { entriesSize, weightCount, type StateEntry, type StateLayout } from './state-layout.ts';

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

const float = (tensor: Tensor, ...shape: number[]): Endpoint => ({ tensor, type: 'float32', shape });
const int = (tensor: Tensor, ...shape: number[]): Endpoint => ({ tensor, type: 'int32', shape });

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

/** The parameters by name, from the weight vector. */
function parameters(ops: Ops, layout: StateLayout, weights: Tensor, type: DataType): (name: string) => Tensor {
  const [convolutions, others] = ops.split(weights, [entriesSize(layout.convolutions), entriesSize(layout.others)]) as [
    Tensor,
    Tensor,
  ];
  const convolution = vectors(ops, layout.convolutions, ops.cast(convolutions, 'float32', type), type);
  const other = vectors(ops, layout.others, others);
  const isConvolution = new Set(layout.convolutions.map(({ name }) => name));
  return (name) => (isConvolution.has(name) ? convolution(name) : other(name));
}

/** The entries of a flat vector by name, each in its shape. */
function vectors(
  ops: Ops,
  entries: readonly StateEntry[],
  vector: Tensor,
  type: DataType = 'float32',
): (name: string) => Tensor {
  const parts = ops.split(
    vector,
    entries.map(({ size }) => size),
    type,
  );
  const byName = new Map(
    entries.map(({ name, shape }, index) => {
      const part = parts[index] as Tensor;
      return [name, shape.length === 1 ? part : ops.reshape(part, shape, type)];
    }),
  );
  return (name) => byName.get(name) as Tensor;
}

/** Named gradients as one float32 vector in the order of the weights. */
function flattened(ops: Ops, layout: StateLayout, gradients: ReadonlyMap<string, Tensor>, type: DataType): Tensor {
  const flat = (entries: readonly StateEntry[], entryType: DataType) =>
    ops.concat(
      entries.map(({ name, shape }) => {
        const gradient = gradients.get(name) as Tensor;
        return shape.length === 1 ? gradient : ops.reshape(gradient, [-1], entryType);
      }),
      entryType,
    );
  return ops.concat([ops.cast(flat(layout.convolutions, type), type, 'float32'), flat(layout.others, 'float32')]);
}

/**
 * One step of SGD as PyTorch takes it: g += weightDecay p; v = momentum v + g; p -= rate v, or with Nesterov's momentum
 * p -= rate (g + momentum v).
 */
function updateWeights(
  ops: Ops,
  {
    weights,
    momentum,
    weightValues,
    flatGradient,
    learningRate,
  }: Record<'weights' | 'momentum' | 'weightValues' | 'flatGradient' | 'learningRate', Tensor>,
  optimizer: TrainingProtocol['optimizer'],
  finite: Tensor | undefined,
): Tensor {
  const decayed =
    optimizer.weightDecay === 0
      ? flatGradient
      : ops.add(flatGradient, ops.multiply(weightValues, ops.float(optimizer.weightDecay)));
  // v = 1 v + 0 and p -= 0 leave everything as it is.
  const orElse = (value: Tensor, otherwise: Tensor) => (finite ? ops.select(finite, value, otherwise) : value);
  return ops.builder.node(
    'ResourceApplyMomentum',
    [
      weights,
      momentum,
      orElse(learningRate, ops.float(0)),
      orElse(decayed, ops.zerosLike(decayed)),
      orElse(ops.float(optimizer.momentum), ops.float(1)),
    ],
    { T: { type: 'float32' }, use_locking: { bool: true }, use_nesterov: { bool: optimizer.nesterov } },
  );
}

/** running = (1 - momentum) running + momentum batch. */
function updateStatistics(
  ops: Ops,
  statistics: Tensor,
  batch: Tensor,
  momentum: number,
  finite: Tensor | undefined,
): Tensor {
  const running = ops.read(statistics);
  const next = ops.add(ops.multiply(running, ops.float(1 - momentum)), ops.multiply(batch, ops.float(momentum)));
  return ops.assign(statistics, finite ? ops.select(finite, next, running) : next);
}

/** Signatures that put the whole state in, take it out, and replace the running statistics by accumulated ones. */
function stateSignatures(
  ops: Ops,
  layout: StateLayout,
  variables: Record<'weights' | 'momentum' | 'statistics' | 'accumulated', Tensor> & {
    lossScaling: Tensor | undefined;
  },
): Record<string, Signature> {
  const weightSize = weightCount(layout);
  const statisticsSize = entriesSize(layout.statistics);
  const given = {
    weights: ops.builder.placeholder('given_weights', 'float32', [weightSize]),
    momentum: ops.builder.placeholder('given_momentum', 'float32', [weightSize]),
    statistics: ops.builder.placeholder('given_statistics', 'float32', [statisticsSize]),
  };
  const { lossScaling } = variables;
  const givenScaling = lossScaling && ops.builder.placeholder('given_loss_scaling', 'float32', [2]);
  const zeros = ops.zerosLike(given.statistics);
  const restored = ops.done('restored', [
    ...(lossScaling && givenScaling ? [ops.assign(lossScaling, givenScaling)] : []),
    ops.assign(variables.weights, given.weights),
    ops.assign(variables.momentum, given.momentum),
    ops.assign(variables.statistics, given.statistics),
    ops.assign(variables.accumulated, zeros),
  ]);
  const batches = ops.builder.placeholder('batches', 'float32', []);
  const sum = ops.read(variables.accumulated);
  const applied = ops.done('statistics_applied', [
    ops.assign(variables.statistics, ops.divide(sum, batches)),
    ops.assign(variables.accumulated, ops.zerosLike(sum)),
  ]);
  const read = (name: 'weights' | 'momentum' | 'statistics') =>
    ops.identity(ops.read(variables[name]), 'float32', `${name}_value`);
  return {
    restore: {
      inputs: {
        weights: float(given.weights, weightSize),
        momentum: float(given.momentum, weightSize),
        statistics: float(given.statistics, statisticsSize),
        ...(givenScaling && { loss_scaling: float(givenScaling, 2) }),
      },
      outputs: { done: float(restored) },
    },
    read: {
      inputs: {},
      outputs: {
        weights: float(read('weights'), weightSize),
        momentum: float(read('momentum'), weightSize),
        statistics: float(read('statistics'), statisticsSize),
        ...(lossScaling && {
          loss_scaling: float(ops.identity(ops.read(lossScaling), 'float32', 'loss_scaling_value'), 2),
        }),
      },
    },
    applyStatistics: { inputs: { batches: float(batches) }, outputs: { done: float(applied) } },
  };
}
