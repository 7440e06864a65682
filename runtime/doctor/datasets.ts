import { catalogue, catalogueEntry } from '../../datasets/catalogue.ts';
import type { DatasetEntry } from '../../datasets/source.ts';
import type { StudyConfig } from '../../study/config.ts';
import { failure, ok, reasonOf, type Finding } from './finding.ts';

/** Which datasets are there: of the catalogue, or those that a study needs. */
export async function checkDatasets(dataRoot: string | undefined, config?: StudyConfig): Promise<Finding[]> {
  const name = 'datasets';
  if (config === undefined) {
    const found = await Promise.all(catalogue.map(async (entry) => (await whereIs(entry, dataRoot)).folder));
    const names = (isThere: boolean) =>
      catalogue.flatMap((entry, index) => ((found[index] !== undefined) === isThere ? [entry.name] : [])).join(', ');
    return [ok(name, `found: ${names(true) || 'none'}; not found: ${names(false) || 'none'}`)];
  }
  const needed = [...new Set(config.datasets.map(({ dataset }) => dataset))].map(catalogueEntry);
  return Promise.all(
    needed.map(async (entry) => {
      const { folder, problem } = await whereIs(entry, dataRoot);
      return folder === undefined
        ? failure(`dataset ${entry.name}`, problem, entry.obtain)
        : ok(`dataset ${entry.name}`, folder);
    }),
  );
}

async function whereIs(
  entry: DatasetEntry,
  dataRoot: string | undefined,
): Promise<{ folder: string; problem: '' } | { folder: undefined; problem: string }> {
  try {
    return { folder: (await entry.locate(dataRoot)).folder, problem: '' };
  } catch (error) {
    return { folder: undefined, problem: reasonOf(error) };
  }
}
