import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { expect, test } from 'vitest';
import { layersOf } from '../../../lib/design-space/layers.ts';
import { protocolSchema } from '../../../lib/training/protocol.ts';
import { exportSavedModel } from '../../../lib/training/saved-model.ts';
import { tensorflow } from '../../../lib/training/tensorflow-binding.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { noAugmentation } from '../../../lib/training/augmentation.ts';
import { cyclingLabels, description, imagesOf, openSession, randomPixels } from './sessions.ts';
import { tinyArchitecture } from './tiny-architecture.ts';

/** What is read of saved_model.proto: which tensors a signature feeds and fetches. */
const savedModel = protobuf
  .parse(
    `syntax = "proto3";
    message SavedModel { repeated MetaGraph meta_graphs = 2; }
    message MetaGraph { map<string, Signature> signature_def = 5; }
    message Signature { map<string, Tensor> inputs = 1; map<string, Tensor> outputs = 2; }
    message Tensor { string name = 1; }`,
  )
  .root.lookupType('SavedModel');

interface SavedSignature {
  inputs: { images: { name: string } };
  outputs: { probabilities: { name: string } };
}

/** The probabilities that an exported model gives by its signature for floats, as any program that serves it asks for them. */
async function classified(directory: string, images: Float32Array, shape: number[]): Promise<Float32Array> {
  const bytes = await readFile(join(directory, 'saved_model.pb'));
  const { metaGraphs } = savedModel.decode(bytes) as unknown as {
    metaGraphs: { signatureDef: Record<'serving_float', SavedSignature> }[];
  };
  const { inputs, outputs } = metaGraphs[0]!.signatureDef.serving_float;
  const { loadSavedModel, deleteSavedModel, createTensor, runSavedModel, tensorDataSync, TF_FLOAT } = tensorflow();
  const model = loadSavedModel(directory, 'serve');
  const fed = createTensor(shape, TF_FLOAT, images);
  const [fetched] = runSavedModel(model, [fed], inputs.images.name, outputs.probabilities.name);
  const values = tensorDataSync(fetched!.id) as Float32Array;
  deleteSavedModel(model);
  return values;
}

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

  const probabilities = await classified(directory, Float32Array.from(pixels), [24, 13, 13, 3]);
  const rows = Array.from({ length: 24 }, (_, image) => [...probabilities.subarray(10 * image, 10 * (image + 1))]);

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
