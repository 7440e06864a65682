import { setTimeout as sleep } from 'node:timers/promises';
import type worker_threads from 'node:worker_threads';
import sharp from 'sharp';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ImageWorkers } from '../../../../lib/datasets/images/image-workers.ts';

const threads = vi.hoisted(() => ({ started: 0 }));
vi.mock('node:worker_threads', async (original) => {
  const { Worker, ...others } = await original<typeof worker_threads>();
  return {
    ...others,
    Worker: class extends Worker {
      constructor(...args: ConstructorParameters<typeof Worker>) {
        super(...args);
        threads.started++;
      }
    },
  };
});

const grey = (size: number) =>
  sharp(Buffer.alloc(size * size * 3, 128), { raw: { width: size, height: size, channels: 3 } })
    .png()
    .toBuffer();

test.each([
  ['has the size of the dataset', 32],
  ['is resized', 16],
])('an image that %s comes back from a thread, once for each of its regions', async (_, size) => {
  const raw = Buffer.from(Array.from({ length: 32 * 32 * 3 }, (_, index) => index % 251));
  const bytes = await sharp(raw, { raw: { width: 32, height: 32, channels: 3 } })
    .png()
    .toBuffer();
  const workers = new ImageWorkers({ size, fit: 'square', channels: 3 }, 1);
  onTestFinished(() => workers.close());
  const fittings = await workers.fit({ bytes, regions: [null, null] });
  expect(fittings).toHaveLength(2);
  for (const fitting of fittings) {
    expect(fitting).toMatchObject({ width: size, height: size });
    if (size === 32) expect('pixels' in fitting && raw.equals(fitting.pixels)).toBe(true);
  }
});

test('few images are decoded by one thread, many by all', async () => {
  const bytes = await grey(8);
  const workers = new ImageWorkers({ size: 8, fit: 'square', channels: 3 }, 3);
  onTestFinished(() => workers.close());
  const before = threads.started;
  const fit = () => Promise.all(Array.from({ length: workers.width }, () => workers.fit({ bytes, regions: [null] })));
  await fit();
  expect(threads.started - before).toBe(1);
  await sleep(150);
  const fittings = await fit();
  expect(threads.started - before).toBe(3);
  expect(fittings.flat()).toHaveLength(6);
});
