import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prepareDataset } from '../../lib/datasets/prepare-dataset.ts';
import { datasetSelectionSchema } from '../../lib/datasets/selection.ts';
import { imageDataset, noisyImages } from '../lib/datasets/image-dataset.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { runPython } from './python-with-numpy.ts';

test('the Python helper reads a run and writes its results as the protocol says', async () => {
  const images = noisyImages({ train: 40, test: 20 }).map((image, index) => ({ ...image, label: index % 4 }));
  const { directory: dataset } = await prepareDataset(datasetSelectionSchema.parse({ dataset: 'images' }), {
    ...{ seed: 0, directory: await temporaryFolder(), entry: imageDataset(images), shardBytes: 20_000 },
  });
  const environment = { DATASET: dataset, FOLDER: await temporaryFolder() };
  await runPython(join(import.meta.dirname, 'run_test.py'), [], environment);
});

test('the helper has the version of the package', async () => {
  const root = join(import.meta.dirname, '../..');
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(await readFile(join(root, 'python/beyond_imagenet.py'), 'utf8')).toContain(`\n__version__ = "${version}"\n`);
});
