import { createHash } from 'node:crypto';
import { concurrently } from '../../core/concurrently.ts';
import { ArtifactError } from '../../core/errors.ts';
import { requestsAtOnce, type ArtifactStore } from '../../store/artifact-store.ts';
import { filesOf, type CommandTrainer, type TrainerFile } from '../trainer-config.ts';

/**
 * Returns the name of a trainer's file in the store, which contains its SHA-256: the content under a name never changes, and studies share
 * it.
 */
export const trainerFileName = (sha256: string): string => `trainer-files/${sha256}`;

export const sha256Of = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** Puts files of a trainer into the store, unless they are already there. */
export async function storeTrainerFiles(store: ArtifactStore, contents: readonly Uint8Array[]): Promise<void> {
  await concurrently(contents, requestsAtOnce, async (content) => {
    await store.create(trainerFileName(sha256Of(content)), content);
  });
}

/** Returns a line for each file of a trainer that cannot be read because it has no checksum or is not in the store. */
export async function missingTrainerFiles(store: ArtifactStore, { files }: CommandTrainer): Promise<string[]> {
  const problems = await concurrently([...files.entries()], requestsAtOnce, async ([index, { path, sha256 }]) => {
    const field = `trainer.files[${index}]`;
    if (sha256 === undefined)
      return [`${field} must have the SHA-256 of a file in the store, got only the path ${path}`];
    return (await store.has(trainerFileName(sha256)))
      ? []
      : [`${field} must be in the store, which has no file with the SHA-256 ${sha256} (${path})`];
  });
  return problems.flat();
}

/**
 * Reads the files of a study's trainer, and compares each with its checksum.
 * @throws ArtifactError if a file is missing or damaged
 */
export async function readTrainerFiles(
  store: ArtifactStore,
  trainer: Pick<CommandTrainer, 'files'>,
): Promise<(TrainerFile & { content: Buffer })[]> {
  return concurrently(filesOf(trainer), requestsAtOnce, async ({ path, sha256 }) => {
    const name = trainerFileName(sha256);
    const content = await store.get(name);
    if (content === undefined)
      throw new ArtifactError("The trainer's files are not complete", [
        `${name} (${path}) is not in ${store.location}`,
      ]);
    const found = sha256Of(content);
    if (found !== sha256)
      throw new ArtifactError(`${name} is damaged`, [`its SHA-256 must be ${sha256}, got ${found} (${path})`]);
    return { path, sha256, content };
  });
}
