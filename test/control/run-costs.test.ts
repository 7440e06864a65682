import { expect, test } from 'vitest';
import { runCosts } from '../../control/run-costs.ts';
import { resolveRequest } from '../../control/submission-request.ts';
import { SimulatedDatasets } from '../../lib/runs/simulated-datasets.ts';
import type { StudyDocuments } from '../../lib/study/documents/study-documents.ts';
import { selectionOf } from '../../lib/study/config.ts';
import { MemoryStore } from '../memory-store.ts';
import { tinyArchitecture } from '../lib/training/tiny-architecture.ts';

/** The costs of a study on Cifar10 and on half of its images. */
async function costs(rehearse: boolean) {
  const datasets = [{ dataset: 'cifar10' }, { dataset: 'cifar10', trainingImages: 22_500 }];
  const { config } = await resolveRequest({ rehearse, set: { datasets, reference: 'cifar10' } });
  const labels = config.datasets.map(({ label }) => label!);
  const prepared = new SimulatedDatasets(new MemoryStore());
  const documents = {
    config: () => Promise.resolve(config),
    architectures: () => Promise.resolve([{ name: 'a', architecture: tinyArchitecture }]),
    findDatasetDigest: () => Promise.resolve('digest'),
    dataset: async (label: string) => (await prepared.prepare(selectionOf(config, label), 0)).manifest,
  } satisfies Partial<Record<keyof StudyDocuments, unknown>> as unknown as StudyDocuments;
  const found = await runCosts(documents, labels);
  return labels.map((label) => found.get(label)!);
}

test('a run on half of the training images costs slightly more than half, since it tests as many images', async () => {
  const [whole, half] = await costs(false);
  expect(half!.images).toBe(whole!.images! / 2);
  expect(half!.work / whole!.work).toBeGreaterThan(0.5);
  expect(half!.work / whole!.work).toBeLessThan(0.6);
});

test('a simulated run takes equally long on every dataset', async () => {
  const [whole, half] = await costs(true);
  expect(half!.images).toBe(whole!.images! / 2);
  expect([whole!.work, half!.work]).toEqual([1, 1]);
});
