import sharp from 'sharp';
import { expect, onTestFinished, test } from 'vitest';
import { ImageWorkers } from '../../../../lib/datasets/images/image-workers.ts';

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
