import type { ArtifactStore } from '../store/artifact-store.ts';
import { runArtifacts } from '../store/run-document.ts';
import { removeCheckpoints } from './checkpoint-transfer.ts';

/**
 * Has a run that failed be carried out again: removes its record, and from scratch all that its training left in the store.
 * The checkpoints on the machines that trained it are told apart by the generation of the run, which `scratch` raises.
 */
export async function removeRun(store: ArtifactStore, runKey: string, from: 'checkpoint' | 'scratch'): Promise<void> {
  const names = runArtifacts(runKey);
  if (from === 'scratch') {
    await removeCheckpoints(store, runKey);
    await store.delete(names.training);
    await store.put(names.generation, String(Number((await store.get(names.generation))?.toString() ?? 0) + 1));
  }
  await store.delete(names.record);
}
