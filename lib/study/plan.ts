import type { StudyConfig } from './config.ts';
import { selectionLabel } from '../datasets/selection-label.ts';

/** One training of a study on a dataset: the name of its architecture, and its seed. */
export interface PlannedTraining {
  architectureName: string;
  /** Seed of its training: the study's training seed plus the replicate. */
  seed: number;
}

/**
 * Returns the trainings on each dataset in their order of execution: replicate by replicate, so that a study stopped early has trained
 * every architecture once before any is trained twice.
 */
export function plannedTrainings(config: StudyConfig, architectureNames: readonly string[]): PlannedTraining[] {
  return trainingSeeds(config).flatMap((seed) =>
    architectureNames.map((architectureName) => ({ architectureName, seed })),
  );
}

/** Returns the displayed name of a run, e.g. `arch-017`, or `arch-017 seed 2` if a study trains each architecture several times. */
export function runName(config: StudyConfig, architectureName: string, seed: number): string {
  return config.replicates === 1 ? architectureName : `${architectureName} seed ${seed}`;
}

/** Returns the training seeds of a study's replicates. */
export function trainingSeeds(config: StudyConfig): number[] {
  return Array.from({ length: config.replicates }, (_, replicate) => config.seeds.training + replicate);
}

/** Returns the labels of a study's datasets, in order. */
export function datasetLabels(config: StudyConfig): string[] {
  return config.datasets.map(selectionLabel);
}
