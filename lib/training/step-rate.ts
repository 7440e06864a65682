import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stream } from '../core/streams.ts';
import { layersOf } from '../design-space/layers.ts';
import { drawAugmentation } from './augmentation.ts';
import type { StepsTask } from './child/messages.ts';
import { initialState } from './initial-weights.ts';
import { protocolSchema } from './protocol.ts';
import type { DatasetDescription } from './session.ts';
import { openTrainingSession } from './tensorflow-session.ts';

/** Measures the speed of training steps like those of a study, in images per second, on color images of noise that stay in TensorFlow. */
export async function stepRate(task: StepsTask): Promise<number> {
  const { architecture, imageSize, classes, batchSize, warmUp, steps, precision } = task;
  const random = stream(0, 'step rate');
  const channels = [0, 1, 2];
  const dataset: DatasetDescription = {
    imageSize,
    fit: 'square',
    channels: channels.length,
    classes,
    normalization: { mean: channels.map(() => 0.5), std: channels.map(() => 0.25) },
    pca: {
      eigenvalues: channels.map(() => 0.1),
      eigenvectors: channels.map((row) => channels.map((column) => Number(row === column))),
    },
  };
  const protocol = { ...protocolSchema.parse({ epochs: 1, batchSize }), precision };
  const layers = layersOf(architecture, dataset);
  const directory = await mkdtemp(join(tmpdir(), 'step-rate-'));
  try {
    const session = await openTrainingSession({
      layers,
      protocol,
      dataset,
      directory,
      residentPixels: Uint8Array.from({ length: batchSize * imageSize ** 2 * channels.length }, () =>
        random.integer(256),
      ),
    });
    session.restore(initialState(layers, random));
    const images = Int32Array.from({ length: batchSize }, (_, image) => image);
    const labels = images.map((image) => image % classes);
    const sides = new Uint16Array(batchSize).fill(imageSize);
    const extents = {
      starts: images.map((image) => image * imageSize ** 2),
      heights: sides,
      widths: sides,
    };
    const train = (count: number) => {
      for (let step = 0; step < count; step++) {
        const augmentation = drawAugmentation(random, protocol.augmentation, extents, dataset, imageSize);
        session.trainStep({ images: { extents }, augmentation }, labels, 0.01);
      }
      session.takeLosses();
    };
    train(warmUp);
    const start = performance.now();
    train(steps);
    const seconds = (performance.now() - start) / 1000;
    session.close();
    return (batchSize * steps) / seconds;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
