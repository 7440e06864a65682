import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogueEntry } from '../../../../lib/datasets/catalogue/index.ts';
import { checkDataset, type DatasetCheck } from '../../../../lib/datasets/check.ts';
import type { DatasetManifest } from '../../../../lib/datasets/manifest.ts';
import { prepareDataset } from '../../../../lib/datasets/prepare-dataset.ts';
import { datasetSelectionSchema } from '../../../../lib/datasets/selection.ts';
import { trainNetwork } from '../../../../lib/training/trainer.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { smallTask } from '../../training/small-task.ts';
import { naturalForms } from '../layouts/photos.ts';
import { hasStreamedImages, writeTree, zipOf, type Tree } from '../layouts/tree.ts';
import { downloads } from './forms.ts';

interface Prepared {
  directory: string;
  manifest: DatasetManifest;
}

/** Prepares what was downloaded to a new folder. */
async function prepare(name: string, tree: Tree, fields: object = {}): Promise<Prepared> {
  const folder = await temporaryFolder();
  await writeTree(join(folder, 'data', name), tree);
  const selection = datasetSelectionSchema.parse({
    ...{ dataset: name, allowIncomplete: true, imageSize: 32, validationFraction: 0.3 },
    ...fields,
  });
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

describe.each(downloads)('%s, %s', (name, form, formsOf) => {
  test('is found with its counts in each of its forms, prepared as it is downloaded, and trained on', async () => {
    const forms = await formsOf();
    const counts = new Set<string>();
    for (const [each, tree] of Object.entries(forms)) {
      const root = await temporaryFolder();
      await writeTree(join(root, name), tree);
      const { found, problems, splits } = await checkDataset(catalogueEntry(name), root);
      expect(found, each).toBe(true);
      expect(problems.length, each).toBeGreaterThan(0);
      counts.add(JSON.stringify({ problems, splits }));
    }
    expect(counts.size).toBe(1);
    const { problems, splits } = JSON.parse([...counts][0]!) as Pick<DatasetCheck, 'problems' | 'splits'>;
    const prepared = await prepare(name, forms[form]!);
    const { train, validation, test: tested } = prepared.manifest.splits;
    const counted = Object.values(splits).reduce((sum, { images }) => sum + images, 0);
    expect(train.images + validation.images + tested.images).toBe(counted);
    expect(prepared.manifest.skipped).toEqual([]);
    expect(prepared.manifest.incomplete).toEqual(problems);
    for (const loss of await losses(prepared)) expect(loss).toBeGreaterThan(0);
  });

  test('is refused if it has less than published, naming what is missing', async () => {
    const tree = Object.values(await formsOf())[0]!;
    await expect(prepare(name, tree, { allowIncomplete: false })).rejects.toThrow(
      /is incomplete[^]*: [\d,]+ of (about )?[\d,]+ were found/,
    );
  });
});

// That a source is the same in every form is tested for each dataset in catalogue/forms.test.ts.
test('all forms but compressed tars are prepared to the same data', async () => {
  const forms = Object.values(await naturalForms({ train: 3, test: 1 })).filter((tree) => !hasStreamedImages(tree));
  expect(forms.length).toBeGreaterThan(3);
  const digests = new Set<string>();
  for (const tree of forms) digests.add((await prepare('natural', tree)).manifest.digest);
  expect(digests.size).toBe(1);
});

test('a dataset of one’s own is prepared and trained on by its description alone', async () => {
  const natural = (await naturalForms({ train: 8, test: 2 }))['in folders']!;
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
