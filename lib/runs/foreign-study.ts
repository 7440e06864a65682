import { ArtifactError, UnsuitableWorkerError } from '../core/errors.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { studyArtifacts } from '../study/documents/study-documents.ts';

/**
 * Runs work on a study. If a document is missing because the store has nothing of the study, the worker is at fault, not the study.
 * @throws UnsuitableWorkerError in that case
 */
export async function workOnStudy<Result>(
  store: ArtifactStore,
  studyId: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ArtifactError && !(await store.has(studyArtifacts(studyId).config)))
      throw new UnsuitableWorkerError(
        `${store.location} has nothing of the study ${studyId}: this worker must be given the store of the study (--store)`,
        { cause: error },
      );
    throw error;
  }
}
