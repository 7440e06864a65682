import type { StudyNetwork } from '../design-space/study-network.ts';
import type { RunDocument } from '../study/documents/run-document.ts';
import { protocolFor, selectionOf, type StudyConfig } from '../study/config.ts';
import { plannedTrainings, runName } from '../study/plan.ts';

/** A run of a study, with its name in the study. */
export interface StudyRun {
  /** Name for display, e.g. `arch-017`, or `arch-017 seed 2` if a study trains each architecture several times. */
  name: string;
  architectureName: string;
  document: RunDocument;
}

/** Everything that a study's runs on one dataset have in common. */
export interface PlanOptions {
  config: StudyConfig;
  population: readonly StudyNetwork[];
  /** Label of the dataset selection. */
  label: string;
  datasetDigest: string;
  /** Version of the engine that will train them. */
  engine: string;
}

/** Returns the runs of a study on one dataset at positions [start, end) of its plan, in the order in which they start. */
export function planRuns(
  { config, population, label, datasetDigest, engine }: PlanOptions,
  start = 0,
  end = Infinity,
): StudyRun[] {
  const protocol = protocolFor(config, selectionOf(config, label));
  const architectures = new Map(population.map(({ name, architecture }) => [name, architecture]));
  return plannedTrainings(config, [...architectures.keys()])
    .slice(start, end)
    .map(({ architectureName, seed }) => ({
      name: runName(config, architectureName, seed),
      architectureName,
      document: { architecture: architectures.get(architectureName)!, datasetDigest, protocol, seed, engine },
    }));
}
