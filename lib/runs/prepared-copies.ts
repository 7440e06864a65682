import { join } from 'node:path';
import { OperationalError } from '../core/errors.ts';
import { StoredImages } from '../datasets/shards/stored-images.ts';
import { damagedShards } from '../datasets/shards/verification.ts';
import { keptViews } from './kept-images.ts';

/**
 * Checks the images of the prepared datasets with the given digests, if this machine has them.
 * @param work folder on this machine for data that can be recreated
 * @returns one line for each damaged file, naming it; the next preparation replaces it
 */
export async function checkPreparedCopies(work: string, digests: ReadonlySet<string>): Promise<string[]> {
  const problems: string[] = [];
  const views = await keptViews(join(work, 'datasets'), ({ message }) => problems.push(message));
  for (const directory of new Set(views.filter(({ digest }) => digests.has(digest)).map(({ images }) => images)))
    try {
      const stored = await StoredImages.open(directory);
      for (const shard of await damagedShards(stored))
        problems.push(
          `${join(directory, stored.manifest.shards[shard]!.file)} is not what was prepared: its pixels were changed`,
        );
    } catch (error) {
      if (!(error instanceof OperationalError)) throw error;
      problems.push(error.message);
    }
  return problems;
}
