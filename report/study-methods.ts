import { contentHash } from '../core/canonical-json.ts';
import { catalogue } from '../datasets/catalogue.ts';
import type { DatasetManifest } from '../datasets/manifest.ts';
import { selectionLabel, type DatasetFacts } from '../datasets/selection.ts';
import type { ResultRow } from '../results/results-table.ts';
import { StudyDocuments } from '../store/study-documents.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import type { StudyConfig } from '../study/config.ts';
import { datasetLabels } from '../study/plan.ts';

/** What is told of a dataset to those who want to have it too. */
export interface DatasetDescription {
  label: string;
  title: string;
  /** Undefined while it is not prepared. */
  manifest: DatasetManifest | undefined;
  licence?: string | undefined;
  homepage?: string | undefined;
  /** BibTeX. */
  citation?: string | undefined;
}

/** How the results of a study came about: enough to write of it, and to run it again. */
export interface StudyMethods {
  studyId: string;
  config: StudyConfig;
  /** SHA-256 of the config. */
  configDigest: string;
  datasets: DatasetDescription[];
  /** Versions of what trained, with the number of runs that were made by each. */
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

type KnownFacts = DatasetFacts & Partial<Pick<DatasetDescription, 'licence' | 'homepage' | 'citation'>>;

export function describeDataset(
  config: StudyConfig,
  label: string,
  manifest: DatasetManifest | undefined,
): DatasetDescription {
  const selection = config.datasets.find((candidate) => selectionLabel(candidate) === label)!;
  const facts: KnownFacts | undefined = catalogue.find(({ name }) => name === selection.dataset);
  const { title = selection.dataset, licence, homepage, citation } = facts ?? {};
  return { label, title, manifest, licence, homepage, citation };
}

/** Versions of the engine, TensorFlow, Node and devices, over all runs. */
function versionsOf(rows: readonly ResultRow[]): StudyMethods['versions'] {
  return ['engine', 'tensorflow', 'node', 'device'].flatMap((name) => {
    const counts = new Map<string, number>();
    for (const row of rows) {
      const value = row[name];
      if (value !== null && value !== undefined) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
    }
    return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([value, runs]) => ({ name, value, runs }));
  });
}
