import type { ArtifactStore } from '../store/artifact-store.ts';
import { runArtifacts } from '../study/documents/run-document.ts';
import { removeCheckpoints } from './checkpoint-transfer.ts';

/**
 * Resets a failed run so that it is carried out again: removes its record and, if it starts from scratch, everything its training left in
 * the store. Checkpoints left on machines are told apart by the generation of the run, which `scratch` increments.
 */
export async function removeRun(store: ArtifactStore, runKey: string, from: 'checkpoint' | 'scratch'): Promise<void> {
  const names = runArtifacts(runKey);
  if (from === 'scratch') {
    await removeCheckpoints(store, runKey);
    await store.delete(names.training);
    await store.delete(names.predictions);
    await store.put(names.generation, String(Number((await store.get(names.generation))?.toString() ?? 0) + 1));
  }
  await store.delete(names.record);
}
