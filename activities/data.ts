import { log } from '@temporalio/activity';
import { selectionOf } from '../lib/study/config.ts';
import { StudyDocuments } from '../lib/study/documents/study-documents.ts';
import { writeDatasetDocument } from '../lib/study/documents/dataset-document.ts';
import type { Executors } from '../lib/runs/executors.ts';
import type { DataActivities } from './contract.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { studyAttempts } from './study-attempts.ts';

export function dataActivities({ store }: ActivityDependencies, executors: Executors): DataActivities {
  const onStudy = studyAttempts(store);
  return {
    prepareDataset: ({ studyId, dataset }) =>
      onStudy(studyId, async (onProgress, signal) => {
        const documents = new StudyDocuments(store, studyId);
        const config = await documents.config();
        const selection = selectionOf(config, dataset);
        const seed = config.seeds.data;
        const { manifest } = await executors
          .datasets(config.rehearsal)
          .prepare(selection, seed, { signal, onProgress, onNotice: (notice) => void log.info(notice) });
        await writeDatasetDocument(store, { selection, seed, manifest });
        await documents.writeDatasetDigest(dataset, manifest.digest);
        const { train, validation, test } = manifest.splits;
        return { digest: manifest.digest, images: train.images + validation.images + test.images };
      }),
  };
}
