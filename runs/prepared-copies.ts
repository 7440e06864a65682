import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OperationalError } from '../core/errors.ts';
import { readManifest } from '../datasets/prepared-dataset.ts';
import { StoredImages } from '../datasets/shards/stored-images.ts';
import { damagedShards } from '../datasets/shards/verification.ts';
import { folders } from '../datasets/views/write-view.ts';

/**
 * Checks the images of the prepared datasets with the given digests, if this machine has them.
 * @param work folder on this machine for data that can be recreated
 * @returns one line for each damaged file, naming it; the next preparation replaces it
 */
export async function checkPreparedCopies(work: string, digests: ReadonlySet<string>): Promise<string[]> {
  const views = join(work, 'datasets', folders.views);
  const names = await readdir(views).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const problems: string[] = [];
  const images = new Set<string>();
  for (const name of names)
    await noting(problems, async () => {
      const { digest, parent } = await readManifest(join(views, name));
      if (digests.has(digest)) images.add(join(views, name, parent.directory));
    });
  for (const directory of images)
    await noting(problems, async () => {
      const stored = await StoredImages.open(directory);
      for (const shard of await damagedShards(stored))
        problems.push(`${join(directory, stored.manifest.shards[shard]!.file)} has changed since it was prepared`);
    });
  return problems;
}

/** Runs work; adds an expected error to the problems. */
async function noting(problems: string[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof OperationalError)) throw error;
    problems.push(error.message);
  }
}
