import { expect, test } from 'vitest';
import { datasetSelectionSchema } from '../../../lib/datasets/selection.ts';
import { SimulatedDatasets } from '../../../lib/runs/simulated-datasets.ts';
import { writeTree } from '../datasets/layouts/tree.ts';
import { MemoryStore } from '../../memory-store.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

test('a rehearsal uses the published sizes of catalogue datasets, and the actual sizes of user datasets', async () => {
  const root = await temporaryFolder();
  const paths = ['jay', 'owl'].flatMap((name) => Array.from({ length: 20 }, (_, i) => `birds/${name}/${i}.jpg`));
  await writeTree(root, Object.fromEntries(paths.map((path) => [path, 'x'])));
  const datasets = new SimulatedDatasets(new MemoryStore(), root);
  const sizes = async (fields: object) => {
    const { splits } = (await datasets.prepare(datasetSelectionSchema.parse(fields), 0)).manifest;
    return [splits.train.images, splits.validation.images, splits.test.images];
  };
  expect(await sizes({ dataset: 'cifar10' })).toEqual([45_000, 5000, 10_000]);
  const source = { kind: 'folder', path: 'birds' };
  expect(await sizes({ dataset: 'birds', source })).toEqual([32, 4, 4]);
  await expect(sizes({ dataset: 'fish', source: { kind: 'folder', path: 'fish' } })).rejects.toThrow(
    'source.path must exist, got fish',
  );
});
