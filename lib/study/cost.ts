import { expectedSize, type ExpectedSize } from '../datasets/expected-size.ts';
import { selectionLabel } from '../datasets/selection-label.ts';
import type { DatasetFacts } from '../datasets/selection.ts';
import { architectureComplexity, type Complexity } from '../design-space/complexity.ts';
import { isAnyNet, type StudyNetwork } from '../design-space/study-network.ts';
import { protocolFor, type StudyConfig } from './config.ts';
import { preparationCosts, preparedImageBytes, type PreparationCost } from './preparation-cost.ts';
import { retentions, type Retention } from './retention.ts';
import { isSettings, type StudyProtocol } from './trainer-config.ts';

/** The cost of the runs on one dataset; null for figures that only their trainer knows. */
export interface DatasetCost {
  /** Label of the selection. */
  dataset: string;
  runs: number;
  size: ExpectedSize;
  /** Null if the trainer's settings determine how long it trains. */
  epochs: number | null;
  /** Training images that all its trainings process, over all epochs; null like `epochs`. */
  trainingImages: number | null;
  /** Images in forward passes only: for precise statistics, validation and test; null like `epochs`. */
  forwardImages: number | null;
  /**
   * Multiply-adds in total; a training image counts three times, once for the forward and twice for the backward pass. Null also for listed
   * networks.
   */
  flops: number | null;
  /**
   * Output elements of convolutions and linear layers over all training images, with a forward image counted as a third of a
   * training image. GPU time is roughly proportional to this. Null like `flops`.
   */
  activations: number | null;
  /** Weights of all its networks; null if the list does not have `params` of every network. */
  parameters: number | null;
  /** Bytes of its prepared images, which other selections from the dataset share. */
  preparedBytes: number;
}

export interface StudyCost {
  architectures: number;
  runs: number;
  datasets: DatasetCost[];
  /** Sums over the datasets; null if the figure of any dataset is. */
  trainingImages: number | null;
  flops: number | null;
  activations: number | null;
  /** One entry for each dataset in each form in which it is prepared, shared by all selections from it. */
  preparation: PreparationCost[];
  /**
   * Bytes of disk: the prepared datasets; the predictions of the runs (which exports hold, too); and by retention all files that runs
   * leave, including predictions, or null if the sizes of the networks are unknown.
   */
  disk: { prepared: number; predictions: number; runs: Record<Retention, number | null> };
}

/**
 * Returns the bytes of the predictions for test images: a float32 for each image, its class and at most five predicted classes in as many
 * bits as they need, and the bit in the record that tells whether it is wrong.
 */
const predictionsBytes = (images: number, classes: number): number =>
  3000 + Math.ceil(images * (4 + ((1 + Math.min(5, classes)) * Math.ceil(Math.log2(classes))) / 8 + 1 / 6));

/** Bytes that a run leaves besides its weights and predictions: document, record and curve; and a TensorBoard event file. */
const recordBytes = 6000;
const eventBytes = 40_000;
/** Bytes of a SavedModel's graph without its weights. */
const graphBytes = 200_000;

/** Returns the cost of one training of each network, in the units of `DatasetCost`. */
export function trainingCost(
  networks: readonly StudyNetwork[],
  size: ExpectedSize,
  protocol: StudyProtocol,
): Pick<DatasetCost, 'trainingImages' | 'forwardImages' | 'flops' | 'activations' | 'parameters'> {
  const imageSize = (isSettings(protocol) ? undefined : protocol.imageSize) ?? size.imageSize;
  const complexities = networks.every(isAnyNet)
    ? networks.map(({ architecture }) => architectureComplexity(architecture, { ...size, imageSize }))
    : undefined;
  const sum = (measure: keyof Complexity) =>
    complexities === undefined ? null : complexities.reduce((total, each) => total + each[measure], 0);
  const parameters =
    complexities === undefined ? total(networks.map(({ numbers }) => numbers?.['params'] ?? null)) : sum('params');
  if (isSettings(protocol))
    return { trainingImages: null, forwardImages: null, flops: null, activations: null, parameters };
  const statistics = Math.min(size.train, protocol.batchNorm.preciseImages);
  const trained = protocol.epochs * size.train;
  // Validation after each epoch, and once more at the end together with the test images.
  const looked = protocol.epochs * (statistics + size.validation) + size.validation + size.test;
  return {
    trainingImages: networks.length * trained,
    forwardImages: networks.length * looked,
    flops: times(sum('flops'), 3 * trained + looked),
    activations: times(sum('acts'), trained + looked / 3),
    parameters,
  };
}

const times = (value: number | null, factor: number) => (value === null ? null : value * factor);

/** Sums values; null if one of them is unknown. */
const total = (values: readonly (number | null)[]): number | null =>
  values.reduce<number | null>((sum, value) => (sum === null || value === null ? null : sum + value), 0);

/**
 * Returns the bytes that this program's engine leaves besides weights: saved models, which contain the weights again, and event files. A
 * command leaves neither.
 */
const ownFiles = ({ trainer, execution }: StudyConfig, runs: number, weights: number): number =>
  trainer === undefined ? weights + runs * (graphBytes + (execution.tensorBoard ? eventBytes : 0)) : 0;

/** Computes the cost of a study from its networks and the known facts about its datasets. */
export function costOf(
  config: StudyConfig,
  networks: readonly StudyNetwork[],
  catalogue: readonly DatasetFacts[],
): StudyCost {
  const datasets = config.datasets.map((selection): DatasetCost => {
    const facts = catalogue.find(({ name }) => name === selection.dataset)!;
    const protocol = protocolFor(config, selection);
    const size = expectedSize(selection, facts);
    const cost = trainingCost(networks, size, protocol);
    const images = size.train + size.validation + size.test;
    return {
      dataset: selectionLabel(selection),
      runs: networks.length * config.replicates,
      size,
      epochs: isSettings(protocol) ? null : protocol.epochs,
      trainingImages: times(cost.trainingImages, config.replicates),
      forwardImages: times(cost.forwardImages, config.replicates),
      flops: times(cost.flops, config.replicates),
      activations: times(cost.activations, config.replicates),
      preparedBytes: images * preparedImageBytes({ ...size, fit: selection.fit }, size.channels),
      parameters: times(cost.parameters, config.replicates),
    };
  });
  const runs = datasets.reduce((sum, dataset) => sum + dataset.runs, 0);
  const preparation = preparationCosts(config.datasets, catalogue);
  const keepsPredictions = config.execution.predictions !== false && config.rehearsal === undefined;
  const predictions = keepsPredictions
    ? datasets.reduce((sum, { runs: own, size }) => sum + own * predictionsBytes(size.test, size.classes), 0)
    : 0;
  const records = runs * recordBytes + predictions;
  const weights = times(total(datasets.map(({ parameters }) => parameters)), 4);
  const extremes = Math.min(1, (2 * config.analysis.extremes) / Math.max(1, networks.length));
  const everything = weights === null ? null : weights + ownFiles(config, runs, weights);
  const files = { everything, weights, extremes: times(everything, extremes), records: 0 };
  return {
    architectures: networks.length,
    runs,
    datasets,
    trainingImages: total(datasets.map(({ trainingImages }) => trainingImages)),
    flops: total(datasets.map(({ flops }) => flops)),
    activations: total(datasets.map(({ activations }) => activations)),
    preparation,
    disk: {
      prepared: preparation.reduce((sum, { bytes }) => sum + bytes, 0),
      predictions,
      runs: Object.fromEntries(
        retentions.map((retention) => [retention, total([records, files[retention]])]),
      ) as Record<Retention, number | null>,
    },
  };
}
