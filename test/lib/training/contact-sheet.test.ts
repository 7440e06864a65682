import { expect, test } from 'vitest';
import { openPreparedDataset } from '../../../lib/datasets/prepared-dataset.ts';
import { prepareDataset } from '../../../lib/datasets/prepare-dataset.ts';
import { datasetSelectionSchema } from '../../../lib/datasets/selection.ts';
import { contactSheet } from '../../../lib/training/contact-sheet.ts';
import { protocolSchema } from '../../../lib/training/protocol.ts';
import { imageDataset, type TestImage } from '../datasets/image-dataset.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

/** Images of 8 x 12 pixels whose columns tell their position, of three classes by turns. */
const images: TestImage[] = Array.from({ length: 40 }, (_, index) => ({
  content: {
    kind: 'pixels',
    image: { pixels: Uint8Array.from({ length: 96 }, (_, at) => 10 * (at % 12)), height: 8, width: 12, channels: 1 },
  },
  label: index % 3,
  split: index < 30 ? 'train' : 'test',
}));

async function prepared(fit: 'square' | 'short-side') {
  const selection = datasetSelectionSchema.parse({ dataset: 'images', fit, validationFraction: 0 });
  const entry = imageDataset(images, { channels: 1, imageSize: 8 });
  const { directory } = await prepareDataset(selection, { seed: 0, directory: await temporaryFolder(), entry });
  return openPreparedDataset(directory);
}

const protocolOf = (augmentation: object) => protocolSchema.parse({ epochs: 1, augmentation });
const options = { images: 7, augmentations: 2, seed: 0 };

test('shows as many classes as possible, each image under its id and label, by label', async () => {
  const dataset = await prepared('square');
  const sheet = await contactSheet(dataset, { ...options, protocol: protocolOf({}) });
  expect(sheet.map(({ label }) => label).sort()).toEqual([0, 0, 0, 1, 1, 2, 2].sort());
  expect(sheet.map(({ label }) => label)).toEqual(sheet.map(({ label }) => label).sort());
  for (const { id, label } of sheet) expect(Number(id) % 3).toBe(label);
  const few = await contactSheet(dataset, { ...options, images: 3, protocol: protocolOf({}) });
  expect(few.map(({ label }) => label)).toEqual([0, 1, 2]);
});

test('shows an image as it is tested, and as it is augmented', async () => {
  const augmentation = { crop: { kind: 'pad', padding: 2 }, horizontalFlip: true, pcaLighting: 0 };
  const dataset = await prepared('short-side');
  const [first] = await contactSheet(dataset, { ...options, protocol: protocolOf(augmentation) });
  const row = [20, 30, 40, 50, 60, 70, 80, 90];
  expect([...first!.plain.pixels.subarray(0, 8)]).toEqual(row);
  expect(first!.augmented).toHaveLength(2);
  for (const { pixels } of first!.augmented) for (const value of pixels) expect(value % 10).toBe(0);
});

test('lighting is added to every pixel of a channel', async () => {
  const lit = await contactSheet(await prepared('square'), {
    ...options,
    protocol: protocolOf({ crop: { kind: 'none' }, horizontalFlip: false, pcaLighting: 2 }),
  });
  const differences = lit.map(({ plain, augmented }) => augmented[0]!.pixels[3]! - plain.pixels[3]!);
  expect(new Set(differences).size).toBeGreaterThan(3);
});
