import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import tf from '@tensorflow/tfjs-node-gpu';
import { expect, test } from 'vitest';
import { layersOf } from '../../../lib/design-space/layers.ts';
import { protocolSchema } from '../../../lib/training/protocol.ts';
import { exportSavedModel } from '../../../lib/training/saved-model.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { noAugmentation } from '../../../lib/training/augmentation.ts';
import { cyclingLabels, description, imagesOf, openSession, randomPixels } from './sessions.ts';
import { tinyArchitecture } from './tiny-architecture.ts';

test.each([
  ['at the prepared size', {}],
  ['resized and cropped at the center', { imageSize: 10, testShortSide: 12 }],
])('an exported model gives the loss and the classes of the session that trained it: %s', async (_, sizes) => {
  const dataset = description(13, 3);
  const pixels = randomPixels(24, dataset);
  const labels = cyclingLabels(24, 10);
  const { session } = await openSession({ dataset, protocol: sizes });
  const all = imagesOf(pixels, dataset);
  const protocol = protocolSchema.parse({ epochs: 1, ...sizes });
  const networkSize = protocol.imageSize ?? dataset.imageSize;
  const batch = { images: all, augmentation: noAugmentation(all.extents, 3, networkSize) };
  for (let step = 0; step < 8; step++) session.trainStep(batch, labels, 0.05);

  const directory = join(await temporaryFolder(), 'model');
  const layers = layersOf(tinyArchitecture, { ...dataset, imageSize: networkSize });
  const classNames = Array.from({ length: 10 }, (_, label) => `class ${label}`);
  const exported = { layers, state: session.read(), protocol, dataset, classNames };
  await exportSavedModel(directory, exported);
  await exportSavedModel(directory, exported);
  expect(JSON.parse(await readFile(join(directory, 'classes.json'), 'utf8'))).toEqual(classNames);

  const model = await tf.node.loadSavedModel(directory, ['serve'], 'serving_float');
  const images = tf.tensor4d(Float32Array.from(pixels), [24, 13, 13, 3]);
  const { probabilities } = model.predict({ images }) as Record<string, tf.Tensor2D>;
  const rows = (await probabilities?.array()) as number[][];
  tf.dispose([images, probabilities]);
  model.dispose();

  const { loss, top1Errors, top5Errors } = session.evaluate(all, labels);
  const rank = (row: number[], label: number) => row.filter((value) => value >= row[label]!).length;
  const errors = (top: number) => rows.filter((row, image) => rank(row, labels[image]!) > top).length;
  expect([errors(1), errors(5)]).toEqual([top1Errors, top5Errors]);
  expect(rows.reduce((sum, row, image) => sum - Math.log(row[labels[image]!]!), 0)).toBeCloseTo(loss, 3);
  // Image by image: the session's verdict on each alone is the model's.
  const imageBytes = 13 * 13 * 3;
  rows.forEach((row, image) => {
    const alone = session.evaluate(
      imagesOf(pixels.slice(image * imageBytes, (image + 1) * imageBytes), dataset),
      labels.slice(image, image + 1),
    );
    expect(alone.top1Errors).toBe(rank(row, labels[image]!) > 1 ? 1 : 0);
  });
  expect(top1Errors).toBeLessThan(24);
});
