import { resolve } from 'node:path';
import type { ArtifactStore } from './artifact-store.ts';
import { openDirectoryStore } from './directory-store.ts';

/** The artifact store at a location: a directory. */
export function openStore(location: string): ArtifactStore {
  return openDirectoryStore(resolve(location));
}
