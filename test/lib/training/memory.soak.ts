import { expect, test } from 'vitest';
import { stream } from '../../../lib/core/random.ts';
import { drawAugmentation } from '../../../lib/training/augmentation.ts';
import { protocolSchema } from '../../../lib/training/protocol.ts';
import { description, imagesOf, openSession } from './sessions.ts';

test('the memory of a training does not grow: less than 5 % from step 200 to step 2,000', async () => {
  const dataset = description(16, 3);
  const { session } = await openSession({ dataset, protocol: { batchSize: 32 } });
  const { augmentation } = protocolSchema.parse({ epochs: 1 });
  const random = stream(0, 'memory');
  const resident: number[] = [];
  for (let step = 1; step <= 2000; step++) {
    const pixels = new Uint8Array(32 * 16 * 16 * 3).fill(step % 256);
    const labels = Int32Array.from({ length: 32 }, (_, image) => (image + step) % 10);
    const images = imagesOf(pixels, dataset);
    session.trainStep(
      { images, augmentation: drawAugmentation(random, augmentation, images.extents, dataset, 16) },
      labels,
      0.01,
    );
    if (step === 200 || step === 2000) resident.push(process.memoryUsage.rss());
  }
  const [early, late] = resident as [number, number];
  console.log(`resident after 200 steps: ${early / 2 ** 20} MiB, after 2,000: ${late / 2 ** 20} MiB`);
  expect(late).toBeLessThan(1.05 * early);
});
