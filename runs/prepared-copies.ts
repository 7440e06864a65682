import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OperationalError } from '../core/errors.ts';
import { openPreparedDataset } from '../datasets/prepared-dataset.ts';

/**
 * Checks every file of the prepared datasets of some digests on this machine, where it has them.
 * @param work folder of this machine for what can be made again
 * @returns what is damaged, a line each, naming the file; a preparation replaces it
 */
export async function checkPreparedCopies(work: string, digests: ReadonlySet<string>): Promise<string[]> {
  const folder = join(work, 'datasets');
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const problems: string[] = [];
  for (const entry of entries.filter((candidate) => candidate.isDirectory())) {
    const directory = join(folder, entry.name);
    try {
      const dataset = await openPreparedDataset(directory);
      await dataset.close();
      if (digests.has(dataset.manifest.digest)) await (await openPreparedDataset(directory, { verify: true })).close();
    } catch (error) {
      if (!(error instanceof OperationalError)) throw error;
      problems.push(error.message);
    }
  }
  return problems;
}
