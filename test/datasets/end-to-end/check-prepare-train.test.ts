import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogueEntry } from '../../../datasets/catalogue/index.ts';
import { checkDataset } from '../../../datasets/check.ts';
import type { DatasetManifest } from '../../../datasets/manifest.ts';
import { prepareDataset } from '../../../datasets/prepare-dataset.ts';
import { datasetSelectionSchema } from '../../../datasets/selection.ts';
import { trainNetwork } from '../../../training/trainer.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { smallTask } from '../../training/small-task.ts';
import { writeTree, zipOf, type Tree } from '../layouts/tree.ts';
import { downloads } from './forms.ts';

interface Prepared {
  directory: string;
  manifest: DatasetManifest;
}

/** Prepares what was downloaded to a new folder. */
async function prepare(name: string, tree: Tree, fields: object = {}): Promise<Prepared> {
  const folder = await temporaryFolder();
  await writeTree(join(folder, 'data', name), tree);
  const selection = datasetSelectionSchema.parse({ dataset: name, allowIncomplete: true, imageSize: 32, ...fields });
  return prepareDataset(selection, { seed: 0, directory: join(folder, 'prepared'), dataRoot: join(folder, 'data') });
}

/** The loss of a small network in each of two epochs of training. */
async function losses({ directory }: Prepared): Promise<(number | null)[]> {
  const task = smallTask(await temporaryFolder(), 'run', directory, { batchSize: 8, batchNorm: { preciseImages: 16 } });
  const { outcome, curve } = await trainNetwork(
    { ...task, protocol: { ...task.protocol, precision: 'float32' } },
    { onProgress: () => undefined, onLog: () => undefined },
  );
  expect(outcome).toBe('finished');
  return curve.map(({ trainingLoss }) => trainingLoss);
}

/** Whether a form is a compressed tar, whose images come in the order of the archive. */
const isStreamed = (tree: Tree) => Object.keys(tree).some((path) => /\.t?gz$/.test(path));

describe.each(downloads)('%s', (name, formsOf) => {
  test('is found, prepared to the same data and trained on in each form in which it is downloaded', async () => {
    const digests = new Map<string, string>();
    let last: Prepared | undefined;
    for (const [form, tree] of Object.entries(await formsOf())) {
      const root = await temporaryFolder();
      await writeTree(join(root, name), tree);
      const { found, problems, splits } = await checkDataset(catalogueEntry(name), root);
      expect(found, form).toBe(true);
      expect(problems.length, form).toBeGreaterThan(0);
      last = await prepare(name, tree);
      const { train, validation, test: tested } = last.manifest.splits;
      const counted = Object.values(splits).reduce((sum, { images }) => sum + images, 0);
      expect(train.images + validation.images + tested.images, form).toBe(counted);
      expect(last.manifest.skipped, form).toEqual([]);
      expect(last.manifest.incomplete, form).toEqual(problems);
      if (!isStreamed(tree)) digests.set(last.manifest.digest, form);
    }
    expect(digests.size).toBe(1);
    for (const loss of await losses(last!)) expect(loss).toBeGreaterThan(0);
  });

  test('is refused where less is there than published, with what is missing', async () => {
    const tree = Object.values(await formsOf())[0]!;
    await expect(prepare(name, tree, { allowIncomplete: false })).rejects.toThrow(
      /is smaller than published[^]*: [\d,]+ of (about )?[\d,]+ are there/,
    );
  });
});

test('a dataset of one’s own is prepared and trained on by its description alone', async () => {
  const natural = Object.values(await downloads.find(([name]) => name === 'natural')![1]())[0]!;
  const birds = Object.fromEntries(
    Object.entries(natural).flatMap(([path, content]) =>
      path.startsWith('seg_train/seg_train/') ? [[path.slice(20), content]] : [],
    ),
  );
  const table = [
    'file,kind,fold',
    ...Object.keys(birds).map((path, i) => `${path},${path.split('/')[0]},${['train', 'train', 'val', 'test'][i % 4]}`),
  ];
  const folder = await prepare(
    'folder',
    { 'x.zip': await zipOf(birds) },
    { source: { kind: 'folder', path: 'folder/x.zip' } },
  );
  const listed = await prepare(
    'table',
    { ...birds, 'labels.csv': table.join('\n') },
    {
      source: {
        kind: 'table',
        path: 'table/labels.csv',
        imageColumn: 'file',
        labelColumn: 'kind',
        splitColumn: 'fold',
      },
    },
  );
  expect(folder.manifest.classes).toEqual(['buildings', 'forest', 'glacier', 'mountain', 'sea', 'street']);
  expect(listed.manifest.splits).toMatchObject({
    train: { images: 24 },
    validation: { images: 12 },
    test: { images: 12 },
  });
  for (const prepared of [folder, listed]) for (const loss of await losses(prepared)) expect(loss).toBeGreaterThan(0);
});
