import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { datasetSelectionSchema } from '../../../../lib/datasets/selection.ts';
import { Executors } from '../../../../lib/runs/executors.ts';
import { checkPreparedCopies } from '../../../../lib/runs/prepared-copies.ts';
import { tensorflowTrainer } from '../../../../lib/runs/trainer.ts';
import { sampleRuns, trainAgain } from '../../../../lib/exports/verification/train-again.ts';
import { writeDatasetDocument } from '../../../../lib/study/documents/dataset-document.ts';
import { openDirectoryStore } from '../../../../lib/store/directory-store.ts';
import type { RunRecord } from '../../../../lib/study/documents/run-record.ts';
import { runArtifacts, writeRunDocument } from '../../../../lib/study/documents/run-document.ts';
import { protocolSchema } from '../../../../lib/training/protocol.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { tinyArchitecture } from '../../training/tiny-architecture.ts';

const hooks = { signal: new AbortController().signal };
const device = { kind: 'cpu', threads: 1 } as const;

/** One run that was really trained, with its data, in a folder. */
async function trainedRun() {
  const root = await temporaryFolder();
  const store = openDirectoryStore(join(root, 'store'));
  const work = join(root, 'work');
  const executors = new Executors({ store, work, devices: [device], trainer: tensorflowTrainer });
  const selection = datasetSelectionSchema.parse({
    dataset: 'mnist',
    classes: 2,
    trainingImages: 256,
    validationImages: 32,
    testImages: 100,
  });
  const { manifest } = await executors.datasets(undefined).prepare(selection, 0);
  await writeDatasetDocument(store, { selection, seed: 0, manifest });
  const runKey = await writeRunDocument(store, {
    architecture: tinyArchitecture,
    datasetDigest: manifest.digest,
    protocol: protocolSchema.parse({
      epochs: 1,
      batchSize: 32,
      batchNorm: { preciseImages: 64 },
      augmentation: { crop: { kind: 'none' } },
    }),
    seed: 3,
    engine: tensorflowTrainer.engine,
  });
  const request = {
    runKey,
    studyId: 'mine',
    dataset: manifest.label,
    architectureName: 'arch-000',
    tensorBoard: false,
    retain: 'weights' as const,
  };
  const executor = executors.executor(undefined);
  expect(await executor.train(request, hooks)).toBe('trained');
  const record = await executor.evaluate(request, hooks);
  const options = { store, work, scratch: join(root, 'scratch'), trainer: tensorflowTrainer };
  return { root, store, work, record, options };
}

describe('training a recorded run again', { timeout: 120_000 }, () => {
  test('gives the same weights and errors to the bit; changes by hand are reported', async () => {
    const { root, record, options, work } = await trainedRun();
    const again = await trainAgain(record, options, hooks);
    expect(again).toMatchObject({
      reproduction: 'same',
      reasons: [],
      weights: { isEqual: true, largestDifference: 0 },
    });
    expect(again.top1Error).toEqual({ recorded: record.test!.top1Error, now: record.test!.top1Error });

    const changed = { ...record, test: { ...record.test!, top1Error: 0.99 } };
    const other = await trainAgain(changed, { ...options, scratch: join(root, 'second') }, hooks);
    expect(other).toMatchObject({
      reproduction: 'different',
      top1Error: { recorded: 0.99, now: record.test!.top1Error },
    });
    expect(other.reasons).toEqual([
      'test came out differently',
      'the same weights give another result: the result in the record was changed',
    ]);

    const curve = record.curve.map((epoch) => ({ ...epoch, trainingLoss: 0.1 }));
    const smoother = await trainAgain({ ...record, curve }, { ...options, scratch: join(root, 'fourth') }, hooks);
    expect(smoother.reasons[0]).toBe('curve came out differently');

    const hidden: RunRecord = {
      ...record,
      ...{ outcome: 'failed', failure: { category: 'crash', message: 'killed' }, test: null, validation: null },
    };
    const found = await trainAgain(hidden, { ...options, scratch: join(root, 'fifth') }, hooks);
    expect(found.reproduction).toBe('different');
    expect(found.reasons[0]).toMatch(
      /^the record says that it failed \(killed\); this time it finished with an error of/,
    );

    const older = { ...changed, versions: { ...record.versions, node: '18.0.0' } };
    const explained = await trainAgain(older, { ...options, scratch: join(root, 'third') }, hooks);
    expect(explained.reasons.slice(1)).toEqual([`node was 18.0.0 and is ${process.versions.node} here`]);

    const images = join(work, 'datasets', 'images');
    const [folder] = await readdir(images);
    const shard = (await readdir(join(images, folder!))).find((name) => name.startsWith('shard-'))!;
    const path = join(images, folder!, shard);
    const bytes = await readFile(path);
    bytes[0]! ^= 1;
    await writeFile(path, bytes);
    const problems = await checkPreparedCopies(work, new Set([record.datasetDigest]));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(shard);
  });

  test('says so if the weights that were kept are damaged', async () => {
    const { store, record, options } = await trainedRun();
    const { weights } = runArtifacts(record.runKey);
    const path = await store.localFile(weights);
    const damaged = await readFile(path);
    damaged[damaged.length - 40]! ^= 1;
    await writeFile(path, damaged);
    expect((await trainAgain(record, options, hooks)).reasons.join()).toContain('is damaged: its checksum is wrong');
  });

  test('of another engine is impossible here, and says so', async () => {
    const { options, record, root } = await trainedRun();
    const trainer = { ...tensorflowTrainer, engine: '99/other' };
    const { reproduction, reasons } = await trainAgain(
      record,
      { ...options, trainer, scratch: join(root, 'second') },
      hooks,
    );
    expect(reproduction).toBe('impossible');
    expect(reasons[0]).toContain('this worker has 99/other');
  });
});

test('a sample of runs is drawn from all of them, the same for the same seed', () => {
  const runs = Array.from({ length: 20 }, (_, index) => `run-${index}`);
  const sample = sampleRuns(runs, 4, 1);
  expect(sample).toHaveLength(4);
  expect(sample).toEqual(runs.filter((run) => sample.includes(run)));
  expect(sampleRuns(runs, 4, 1)).toEqual(sample);
  expect([2, 3, 4].some((seed) => JSON.stringify(sampleRuns(runs, 4, seed)) !== JSON.stringify(sample))).toBe(true);
  expect(sampleRuns(runs, 100, 1)).toEqual(runs);
});
