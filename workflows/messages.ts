import { defineQuery } from '@temporalio/workflow';
import type { RunCounts } from '../study/outcome.ts';

export const stages = ['sampling', 'preparing', 'training', 'analysing', 'finished'] as const;
export type Stage = (typeof stages)[number];

export interface PopulationProgress extends RunCounts {
  /** Label of the dataset. */
  dataset: string;
  /** Runs in all. */
  total: number;
  /** Names of the runs handed to workers, e.g. `arch-017`. */
  open: string[];
}

export interface StudyProgress {
  stage: Stage;
  /** Labels of the datasets that are prepared. */
  prepared: string[];
  /** Every dataset; empty while the population is being drawn. */
  datasets: { dataset: string; workflowId: string; runs: number }[];
}

export const studyProgressQuery = defineQuery<StudyProgress>('progress');
export const populationProgressQuery = defineQuery<PopulationProgress>('progress');

/** Id of the workflow that trains a study's population on one dataset. */
export function populationWorkflowId(study: string, dataset: string): string {
  return `${study}/${dataset}`;
}
