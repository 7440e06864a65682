import { expect, test } from 'vitest';
import { layersOf } from '../../design-space/layers.ts';
import { protocolSchema } from '../../training/protocol.ts';
import { stream } from '../../core/random.ts';
import { drawAugmentation } from '../../training/augmentation.ts';
import { initialState } from '../../training/initial-weights.ts';
import { openTrainingSession } from '../../training/tensorflow-session.ts';
import { imagesOf } from './sessions.ts';
import { tinyArchitecture } from './tiny-architecture.ts';
import { temporaryFolder } from '../temporary-folder.ts';

test('the memory of a training does not grow: less than 5 % from step 200 to step 2,000', async () => {
  const directory = await temporaryFolder();
  const dataset = {
    imageSize: 16,
    fit: 'square' as const,
    channels: 3,
    classes: 10,
    normalization: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
    pca: {
      eigenvalues: [1, 1, 1],
      eigenvectors: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    },
  };
  const protocol = { ...protocolSchema.parse({ epochs: 1, batchSize: 32 }), precision: 'float32' as const };
  const layers = layersOf(tinyArchitecture, dataset);
  const random = stream(0, 'memory');
  const session = await openTrainingSession({ layers, protocol, dataset, directory });
  try {
    session.restore(initialState(layers, random));
    const resident: number[] = [];
    for (let step = 1; step <= 2000; step++) {
      const pixels = new Uint8Array(32 * 16 * 16 * 3).fill(step % 256);
      const labels = Int32Array.from({ length: 32 }, (_, image) => (image + step) % 10);
      const images = imagesOf(pixels, dataset);
      const augmentation = drawAugmentation(random, protocol.augmentation, images.places, dataset, 16);
      session.trainStep({ images, augmentation }, labels, 0.01);
      if (step === 200 || step === 2000) resident.push(process.memoryUsage.rss());
    }
    const [early, late] = resident as [number, number];
    console.log(`resident after 200 steps: ${early / 2 ** 20} MiB, after 2,000: ${late / 2 ** 20} MiB`);
    expect(late).toBeLessThan(1.05 * early);
  } finally {
    session.close();
  }
});
