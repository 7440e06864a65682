import { join } from 'node:path';
import { prepareDataset } from '../datasets/prepare-dataset.ts';
import type { DatasetManifest } from '../datasets/manifest.ts';
import type { StudyConfig } from '../study/config.ts';
import { attempt } from './attempts.ts';
import type { DataActivities } from './contract.ts';
import { isRetryable, lightAttempts } from './retryable.ts';
import { selectionOf } from '../runs/run-planning.ts';
import { StudyDocuments } from '../store/study-documents.ts';
import type { ActivityDependencies } from './dependencies.ts';

export function dataActivities(dependencies: ActivityDependencies): DataActivities {
  return {
    prepareDataset: ({ study, dataset }) =>
      attempt(lightAttempts, isRetryable, async (report, signal) => {
        const documents = new StudyDocuments(dependencies.store, study);
        const { manifest } = await localDataset(dependencies, await documents.config(), dataset, { report, signal });
        await documents.writeDataset(manifest);
        const { train, validation, test } = manifest.splits;
        return { digest: manifest.digest, images: train.images + validation.images + test.images };
      }),
  };
}

/** A study's dataset as it is prepared on this machine; prepares it where it is not yet. */
export function localDataset(
  { work, dataRoot }: ActivityDependencies,
  config: StudyConfig,
  label: string,
  options: { report?: (progress: { images: number; of: number }) => void; signal: AbortSignal },
): Promise<{ directory: string; manifest: DatasetManifest }> {
  return prepareDataset(selectionOf(config, label), {
    seed: config.seeds.data,
    directory: join(work, 'datasets'),
    dataRoot,
    onProgress: options.report,
    signal: options.signal,
  });
}
