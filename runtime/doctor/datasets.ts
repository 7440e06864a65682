import { join } from 'node:path';
import { catalogue } from '../../lib/datasets/catalogue/index.ts';
import { datasetEntry } from '../../lib/datasets/dataset-entry.ts';
import type { DatasetEntry } from '../../lib/datasets/source.ts';
import type { StudyConfig } from '../../lib/study/config.ts';
import { failure, ok, reasonOf, type Finding } from './finding.ts';
import { ownCommand } from './own-command.ts';

/** Looks for the datasets that a study needs or, without a study, for those of the catalogue. */
export async function checkDatasets(dataRoot: string | undefined, config?: StudyConfig): Promise<Finding[]> {
  const name = 'datasets';
  if (config === undefined) {
    const found = await Promise.all(catalogue.map(async (entry) => (await whereIs(entry, dataRoot)).folder));
    const names = (isThere: boolean) =>
      catalogue.flatMap((entry, index) => ((found[index] !== undefined) === isThere ? [entry.name] : [])).join(', ');
    return [ok(name, `found: ${names(true) || 'none'}; not found: ${names(false) || 'none'}`)];
  }
  const needed = new Map(config.datasets.map((selection) => [selection.dataset, datasetEntry(selection)]));
  return Promise.all(
    [...needed.values()].map(async (entry) => {
      const { folder, problem } = await whereIs(entry, dataRoot);
      return folder === undefined
        ? failure(`dataset ${entry.name}`, problem, remedy(entry, dataRoot))
        : ok(`dataset ${entry.name}`, folder);
    }),
  );
}

/** Says what to do about a missing dataset; the finding's detail names the files and their source. */
function remedy({ name, publication }: DatasetEntry, dataRoot = '<dir>'): string {
  return publication === undefined
    ? 'correct the path of its source in the study config'
    : `put these files into ${join(dataRoot, name)}, then: ${ownCommand(`datasets check ${name} --data-root ${dataRoot}`)}`;
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
