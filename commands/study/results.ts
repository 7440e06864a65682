import type { ArtifactStore } from '../../results/artifact-store.ts';
export async function printResults(store: ArtifactStore, study: string, _o: { json: boolean }): Promise<void> {
  process.stdout.write(`results of ${study} in ${store.location}\n`);
  await Promise.resolve();
}
