import { contentHash } from '../core/canonical-json.ts';
import { datasetEntry } from '../datasets/dataset-entry.ts';
import type { DatasetManifest } from '../datasets/manifest.ts';
import type { Publication } from '../datasets/source.ts';
import type { ResultRow } from '../results/results-table.ts';
import { StudyDocuments } from '../study/documents/study-documents.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { selectionOf, type StudyConfig } from '../study/config.ts';
import { datasetLabels } from '../study/plan.ts';

/** The description of a dataset for those who want to obtain it, too. */
export interface DatasetDescription {
  label: string;
  title: string;
  /** Undefined while it is not prepared. */
  manifest: DatasetManifest | undefined;
  /** Undefined for a dataset of the user's own. */
  publication: Publication | undefined;
}

/** The methods of a study: enough to describe it, and to run it again. */
export interface StudyMethods {
  studyId: string;
  config: StudyConfig;
  /** SHA-256 of the config. */
  configDigest: string;
  datasets: DatasetDescription[];
  /** Versions of the software that trained, with the number of runs of each. */
  versions: { name: string; value: string; runs: number }[];
}

export async function studyMethods(
  store: ArtifactStore,
  studyId: string,
  config: StudyConfig,
  rows: readonly ResultRow[],
): Promise<StudyMethods> {
  const documents = new StudyDocuments(store, studyId);
  const datasets: DatasetDescription[] = [];
  for (const label of datasetLabels(config)) {
    const isPrepared = (await documents.findDatasetDigest(label)) !== undefined;
    datasets.push(describeDataset(config, label, isPrepared ? await documents.dataset(label) : undefined));
  }
  return { studyId, config, configDigest: contentHash(config), datasets, versions: versionsOf(rows) };
}

export function describeDataset(
  config: StudyConfig,
  label: string,
  manifest: DatasetManifest | undefined,
): DatasetDescription {
  const { title, publication } = datasetEntry(selectionOf(config, label));
  return { label, title, manifest, publication };
}

/** Returns the versions of the engine and its software, and the devices, over all runs. */
function versionsOf(rows: readonly ResultRow[]): StudyMethods['versions'] {
  return ['engine', 'tensorflow', 'node', 'versions', 'device'].flatMap((name) => {
    const counts = new Map<string, number>();
    for (const row of rows) {
      const value = row[name];
      if (value !== null && value !== undefined) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
    }
    return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([value, runs]) => ({ name, value, runs }));
  });
}
