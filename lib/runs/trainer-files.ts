import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '../core/files/make-folder.ts';
import { writeWholeFolder } from '../core/files/whole-folder.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { readTrainerFiles, sha256Of } from '../study/documents/trainer-files.ts';
import { filesOf, type CommandTrainer } from '../study/trainer-config.ts';

/** Read and execute permissions only: a trainer's files must not change while it runs. */
const mode = 0o555;

/**
 * Makes a folder hold the files of a trainer and nothing else, each checked against its checksum. The folder is written as a whole, or left
 * as it is if it already holds them. It belongs to one attempt at a run: anything that another attempt left beside the files could change
 * what they do.
 * @throws ArtifactError if the store lacks a file or has a damaged one
 */
export async function materializeTrainer(
  store: ArtifactStore,
  trainer: Pick<CommandTrainer, 'files'>,
  folder: string,
): Promise<void> {
  if (await isMaterialized(trainer, folder)) return;
  const files = await readTrainerFiles(store, trainer);
  await writeWholeFolder(folder, async (partial) => {
    for (const { path, content } of files) {
      const target = join(partial, path);
      await makeFolder(dirname(target));
      await writeFile(target, content, { mode });
    }
  });
}

/** Returns the paths of a trainer's files that have changed. */
export async function changedFiles(trainer: Pick<CommandTrainer, 'files'>, folder: string): Promise<string[]> {
  const changed: string[] = [];
  for (const { path, sha256 } of filesOf(trainer)) {
    const content = await readFile(join(folder, path)).catch(() => undefined);
    if (content === undefined || sha256Of(content) !== sha256) changed.push(path);
  }
  return changed;
}

async function isMaterialized(trainer: Pick<CommandTrainer, 'files'>, folder: string): Promise<boolean> {
  const expected = new Map(filesOf(trainer).map(({ path, sha256 }) => [join(folder, path), sha256]));
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const others = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
    if (others.length !== expected.size) return false;
    for (const path of others) if (sha256Of(await readFile(path)) !== expected.get(path)) return false;
    return true;
  } catch {
    return false;
  }
}
