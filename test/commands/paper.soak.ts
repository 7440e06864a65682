import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parseResults } from '../../lib/results/results-table.ts';
import { presets } from '../../lib/study/presets.ts';
import { ham10000Forms, mlc2008Forms } from '../lib/datasets/layouts/annotated.ts';
import { cifar100Forms, cifar10Forms } from '../lib/datasets/layouts/cifar.ts';
import { imagenetForms } from '../lib/datasets/layouts/imagenet.ts';
import { beetleForms, concreteForms, naturalForms, powerlineForms } from '../lib/datasets/layouts/photos.ts';
import { writeTree, type Tree } from '../lib/datasets/layouts/tree.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** The nine datasets as downloaded, with a few images of each class; ImageNet has 102 classes, because its largest subset has 100. */
const downloads: [name: string, forms: Promise<Record<string, Tree>>, form: string][] = [
  ['imagenet', imagenetForms({ classes: 102, train: 4, validation: 1 }), 'the tars as they are downloaded'],
  ['concrete', concreteForms(16), 'in a zip'],
  ['mlc2008', mlc2008Forms({ photos: 4, points: 27 }), 'a zip'],
  ['ham10000', ham10000Forms(6), 'two zips'],
  ['powerline', powerlineForms(8), 'in a zip'],
  ['insects', beetleForms({ species: 5, images: 12 }), 'in a zip each species'],
  ['natural', naturalForms({ train: 6, test: 2 }), 'in a zip'],
  ['cifar10', cifar10Forms(), 'as downloaded'],
  ['cifar100', cifar100Forms({ timesInTrain: 3 }), 'as downloaded'],
];

test('the study of the paper goes from the downloads of all nine datasets to its report, in miniature', async () => {
  const root = await temporaryFolder();
  for (const [name, forms, form] of downloads) await writeTree(join(root, 'data', name), (await forms)[form]!);
  const { datasets } = presets.get('paper') as { datasets: { dataset: string }[] };
  const settings = [
    'population.count=3',
    'population.space.complexity.flops={"low":2e7,"high":4e7}',
    'protocol.epochs=1',
    'protocol.batchSize=16',
    'protocol.imageSize=64',
    'protocol.testShortSide=72',
    'protocol.batchNorm.preciseImages=32',
    'analysis.bootstrapResamples=100',
    ...datasets.flatMap((_, i) => [`datasets[${i}].allowIncomplete=true`, `datasets[${i}].protocol.epochs=1`]),
  ];
  const options = [
    '--preset',
    'paper',
    '--id',
    'miniature',
    '--data-root',
    join(root, 'data'),
    '--state',
    join(root, 'state'),
  ];
  const set = settings.flatMap((setting) => ['--set', setting]);
  await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', 'client.ts', 'start', ...options, '--slots', '2', ...set],
    {
      maxBuffer: 2 ** 26,
    },
  );
  const study = join(root, 'state/store/studies/miniature');
  const rows = parseResults(await readFile(join(study, 'results.csv'), 'utf8'), 'results.csv');
  expect(rows).toHaveLength(3 * datasets.length);
  expect(rows.every(({ top1Error }) => top1Error !== null && top1Error >= 0 && top1Error <= 1)).toBe(true);
  expect(new Set(rows.map(({ dataset }) => dataset)).size).toBe(datasets.length);
  const report = await readFile(join(study, 'report.html'), 'utf8');
  expect(report).toContain('train images: 408 of 1,281,167 were found');
  expect(report).toContain('photos: 4 of about 671 were found');
});
