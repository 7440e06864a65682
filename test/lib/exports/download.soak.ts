import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openPreparedDataset } from '../../../lib/datasets/prepared-dataset.ts';
import { prepareDataset } from '../../../lib/datasets/prepare-dataset.ts';
import { downloadRuns } from '../../../lib/exports/download-runs.ts';
import { tensorflowTrainer } from '../../../lib/runs/trainer.ts';
import { readRunRecord } from '../../../lib/study/documents/run-record.ts';
import { StudyDocuments } from '../../../lib/study/documents/study-documents.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { needsTorch, torchPython } from '../../trainers/torch-python.ts';
import { madeStudy } from '../report/rehearsed-study.ts';

/** Folder of pycls' sources; without it the script builds pycls' modules itself. */
const pycls = process.env['BEYOND_IMAGENET_PYCLS'];

const script = fileURLToPath(new URL('pycls_anynet.py', import.meta.url));

/** Two networks of the quickstart on images with one channel. */
const small = [
  ...['population.count=2', 'replicates=1', 'analysis.bootstrapResamples=100', 'protocol.epochs=1', 'reference=mnist'],
  'datasets=[{"dataset":"mnist","trainingImages":2000,"validationImages":50,"testImages":2000}]',
];

test.skipIf(torchPython === undefined)(
  `pycls' AnyNet loads downloaded weights with strict=True and misclassifies the same number of images ${needsTorch}`,
  { timeout: 1_200_000 },
  async () => {
    const folder = await temporaryFolder();
    const { store, config } = await madeStudy(folder, 'study', small, tensorflowTrainer);
    const out = join(folder, 'out');
    expect((await downloadRuns(store, 'study', { out, kinds: ['weights', 'predictions'] })).found).toMatchObject({
      ...{ weights: 2, predictions: 2 },
    });
    const prepared = await prepareDataset(config.datasets[0]!, {
      seed: config.seeds.data,
      directory: join(folder, 'd'),
    });
    const dataset = await openPreparedDataset(prepared.directory);
    const [images, labels] = [join(folder, 'images.bin'), join(folder, 'labels.bin')];
    await writeFile(images, await dataset.pixels('test'));
    await writeFile(labels, new Uint8Array((await dataset.labels('test')).buffer));
    for (const { runKey, architectureName } of await new StudyDocuments(store, 'study').plan('mnist')) {
      const { test: recorded } = (await readRunRecord(store, runKey))!;
      const run = join(out, `${architectureName} on mnist, seed 0`);
      expect(await readdir(run)).toEqual(['predictions.parquet', 'weights.safetensors']);
      const found = await promisify(execFile)(torchPython!, [
        ...[script, join(run, 'weights.safetensors'), images, labels],
        ...(pycls ? [pycls] : []),
      ]);
      expect(JSON.parse(found.stdout)).toEqual({ images: 2000, wrong: Math.round(recorded!.top1Error * 2000) });
      expect(recorded!.top1Error).toBeLessThan(0.85);
    }
  },
);
