import type { DatasetManifest } from '../datasets/manifest.ts';
import type { NamedArchitecture } from '../design-space/population.ts';
import { protocolFor, type StudyConfig } from '../study/config.ts';
import { selectionLabel, type DatasetSelection } from '../datasets/selection.ts';
import { plannedRuns } from '../study/plan.ts';
import { runKey } from './run-key.ts';
import type { StudyRun } from '../store/study-documents.ts';

/**
 * The runs of a study on one dataset with their keys, in the order in which they are started.
 * @param engine version of what will train them
 */
export function planRunsOn(
  { label, digest }: DatasetManifest,
  config: StudyConfig,
  population: readonly NamedArchitecture[],
  engine: string,
): StudyRun[] {
  const protocol = protocolFor(config, selectionOf(config, label));
  const architectures = new Map(population.map(({ name, architecture }) => [name, architecture]));
  return plannedRuns(config, label, [...architectures.keys()]).map(({ architecture, seed }) => ({
    runKey: runKey({ architecture: architectures.get(architecture), datasetDigest: digest, protocol, seed, engine }),
    name: config.replicates === 1 ? architecture : `${architecture} seed ${seed}`,
    architecture,
    seed,
  }));
}

/** The selection of a study that has a label. */
export function selectionOf(config: StudyConfig, label: string): DatasetSelection {
  const selection = config.datasets.find((candidate) => selectionLabel(candidate) === label);
  if (selection === undefined) throw new RangeError(`dataset must be one of the study's, got ${label}`);
  return selection;
}
