import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPreparedDataset } from '../../lib/datasets/prepared-dataset.ts';
import { layersOf } from '../../lib/design-space/layers.ts';
import { protocolSchema } from '../../lib/training/protocol.ts';
import { stream } from '../../lib/core/random.ts';
import { drawAugmentation } from '../../lib/training/augmentation.ts';
import { initialState } from '../../lib/training/initial-weights.ts';
import { openTrainingSession, type TensorFlowSession } from '../../lib/training/tensorflow-session.ts';
import { describeDataset } from '../../lib/training/running-task.ts';
import { openTrainingImages } from '../../lib/training/training-images.ts';
import { architectureOf } from './networks.ts';
import type { StepsOrder, StepsResult } from './processes.ts';

/** The measured process: `steps.ts ORDER` trains on one batch repeatedly and prints its time and memory as JSON. */
const order = JSON.parse(process.argv[2]!) as StepsOrder;
const directory = await mkdtemp(join(tmpdir(), 'bench-steps-'));
try {
  const { session, step } = await (order.dataset === undefined
    ? onNormalized(order)
    : onResident(order, order.dataset));
  for (let warmUp = 0; warmUp < order.warmUp; warmUp++) step();
  const start = performance.now();
  for (let count = 0; count < order.steps; count++) step();
  const seconds = (performance.now() - start) / 1000;
  session.close();
  const result: StepsResult = {
    imagesPerSecond: (order.batch * order.steps) / seconds,
    peakBytes: 1024 * process.resourceUsage().maxRSS,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  await rm(directory, { recursive: true });
}

interface Work {
  session: TensorFlowSession;
  /** Returns when the step is done. */
  step: () => void;
}

/** Trains on images that are already float32, as PyTorch does here. */
async function onNormalized({ network, batch, precision }: StepsOrder): Promise<Work> {
  const { imageSize, classes } = network;
  const layers = layersOf(architectureOf(network), { imageSize, channels: 3, classes });
  const session = await openTrainingSession({
    layers,
    protocol: { ...protocolSchema.parse({ epochs: 1, batchSize: batch, optimizer: { nesterov: false } }), precision },
    dataset: {
      imageSize,
      fit: 'square',
      channels: 3,
      classes,
      normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
      pca: { eigenvalues: [], eigenvectors: [] },
    },
    directory,
  });
  session.restore(initialState(layers, stream(0, 'init', 'bench')));
  const random = stream(0, 'images', 'bench');
  const values = Float32Array.from({ length: batch * imageSize ** 2 * 3 }, () => random.normal());
  const images = { values, shape: [batch, imageSize, imageSize, 3] as const };
  const labels = Int32Array.from({ length: batch }, (_, image) => image % classes);
  return { session, step: () => void session.trainStepOnNormalized(images, labels, 0.05) };
}

/** Trains on images of a prepared dataset that stays in TensorFlow, augmented in the graph, as in a run without its training loop. */
async function onResident({ network, batch, precision }: StepsOrder, folder: string): Promise<Work> {
  const dataset = await openPreparedDataset(folder);
  const description = describeDataset(dataset);
  const layers = layersOf(architectureOf(network), description);
  const { residentPixels, labels, ...images } = await openTrainingImages(dataset, true);
  const protocol = { ...protocolSchema.parse({ epochs: 1, batchSize: batch }), precision };
  const session = await openTrainingSession({
    layers,
    protocol,
    dataset: description,
    directory,
    ...(residentPixels && { residentPixels }),
  });
  session.restore(initialState(layers, stream(0, 'init', 'bench')));
  const indices = Int32Array.from({ length: batch }, (_, image) => image);
  const batchImages = await images.batch(indices);
  const augmented = {
    images: batchImages,
    augmentation: drawAugmentation(
      stream(0, 'augmentation', 'bench'),
      protocol.augmentation,
      batchImages.extents,
      description,
      description.imageSize,
    ),
  };
  const batchLabels = indices.map((index) => labels[index]!);
  const step = () => {
    session.trainStep(augmented, batchLabels, 0.05);
    session.takeLosses();
  };
  return { session, step };
}
