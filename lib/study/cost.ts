import { expectedSize, type ExpectedSize } from '../datasets/expected-size.ts';
import { selectionLabel } from '../datasets/selection-label.ts';
import type { DatasetFacts } from '../datasets/selection.ts';
import type { Architecture } from '../design-space/architecture.ts';
import { architectureComplexity, type Complexity } from '../design-space/complexity.ts';
import type { TrainingProtocol } from '../training/protocol.ts';
import { protocolFor, type StudyConfig } from './config.ts';
import { preparationCosts, preparedImageBytes, type PreparationCost } from './preparation-cost.ts';
import { retentions, type Retention } from './retention.ts';

/** What the runs on one dataset cost. */
export interface DatasetCost {
  /** Label of the selection. */
  dataset: string;
  runs: number;
  size: ExpectedSize;
  epochs: number;
  /** Training images that all its trainings process. */
  trainingImages: number;
  /** Images that only pass forward: for precise statistics, validation and test. */
  forwardImages: number;
  /** Multiply-adds of all of it; a training image counts three times, once forward and twice backward. */
  flops: number;
  /**
   * Output elements of convolutions and linear layers over all training images, with a forward image counted as a third of a
   * training image. GPU time is roughly proportional to this.
   */
  activations: number;
  /** Weights of all its networks. */
  parameters: number;
  /** Bytes of its prepared images, which other selections from the dataset share. */
  preparedBytes: number;
}

export interface StudyCost {
  architectures: number;
  runs: number;
  datasets: DatasetCost[];
  trainingImages: number;
  flops: number;
  activations: number;
  /** One entry for each dataset in each form in which it is prepared, shared by all selections from it. */
  preparation: PreparationCost[];
  /** Bytes of disk: the prepared datasets, and the files that runs leave, by retention. */
  disk: { prepared: number; runs: Record<Retention, number> };
}

/** Bytes that a run leaves besides its weights: document, record and curve; and a TensorBoard event file. */
const recordBytes = 6000;
const eventBytes = 40_000;
/** Bytes of a SavedModel's graph without its weights. */
const graphBytes = 200_000;

/** What one training of each of some architectures costs, in the units of `DatasetCost`. */
export function trainingCost(
  architectures: readonly Architecture[],
  size: ExpectedSize,
  protocol: TrainingProtocol,
): Pick<DatasetCost, 'trainingImages' | 'forwardImages' | 'flops' | 'activations' | 'parameters'> {
  const network = { ...size, imageSize: protocol.imageSize ?? size.imageSize };
  const complexities = architectures.map((architecture) => architectureComplexity(architecture, network));
  const sum = (measure: keyof Complexity) => complexities.reduce((total, each) => total + each[measure], 0);
  const statistics = Math.min(size.train, protocol.batchNorm.preciseImages);
  const trained = protocol.epochs * size.train;
  // Validation after each epoch, and once more at the end together with the test images.
  const looked = protocol.epochs * (statistics + size.validation) + size.validation + size.test;
  return {
    trainingImages: architectures.length * trained,
    forwardImages: architectures.length * looked,
    flops: sum('flops') * (3 * trained + looked),
    activations: sum('acts') * (trained + looked / 3),
    parameters: sum('params'),
  };
}

/** What a study costs, computed from its architectures and the known facts about its datasets. */
export function costOf(
  config: StudyConfig,
  architectures: readonly Architecture[],
  catalogue: readonly DatasetFacts[],
): StudyCost {
  const datasets = config.datasets.map((selection): DatasetCost => {
    const facts = catalogue.find(({ name }) => name === selection.dataset)!;
    const protocol = protocolFor(config, selection);
    const size = expectedSize(selection, facts);
    const cost = trainingCost(architectures, size, protocol);
    const images = size.train + size.validation + size.test;
    return {
      dataset: selectionLabel(selection),
      runs: architectures.length * config.replicates,
      size,
      epochs: protocol.epochs,
      trainingImages: config.replicates * cost.trainingImages,
      forwardImages: config.replicates * cost.forwardImages,
      flops: config.replicates * cost.flops,
      activations: config.replicates * cost.activations,
      preparedBytes: images * preparedImageBytes({ ...size, fit: selection.fit }, size.channels),
      parameters: config.replicates * cost.parameters,
    };
  });
  const total = (value: (dataset: DatasetCost) => number) => datasets.reduce((sum, dataset) => sum + value(dataset), 0);
  const runs = total((dataset) => dataset.runs);
  const preparation = preparationCosts(config.datasets, catalogue);
  const weights = total(({ parameters }) => 4 * parameters);
  const extremes = Math.min(1, (2 * config.analysis.extremes) / Math.max(1, architectures.length));
  const records = runs * recordBytes;
  const everything = 2 * weights + runs * (graphBytes + (config.execution.tensorBoard ? eventBytes : 0));
  return {
    architectures: architectures.length,
    runs,
    datasets,
    trainingImages: total(({ trainingImages }) => trainingImages),
    flops: total(({ flops }) => flops),
    activations: total(({ activations }) => activations),
    preparation,
    disk: {
      prepared: preparation.reduce((sum, { bytes }) => sum + bytes, 0),
      runs: Object.fromEntries(
        retentions.map((retention) => [
          retention,
          records + { everything, weights, extremes: extremes * everything, records: 0 }[retention],
        ]),
      ) as Record<Retention, number>,
    },
  };
}
