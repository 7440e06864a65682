import { z } from 'zod';
import { datasetSelectionSchema } from '../datasets/selection.ts';
import type { StudyConfig } from './config.ts';

/** An extension of a study: more architectures from its space, more datasets, or both. */
export const extensionSchema = z.strictObject({
  architectures: z.int().positive().optional().describe('total number of architectures, more than the study has'),
  datasets: z.array(datasetSelectionSchema).optional().describe('datasets to add'),
});

export type StudyExtension = z.infer<typeof extensionSchema>;
export type StudyExtensionInput = z.input<typeof extensionSchema>;

/** The config of a study with an extension; all that was planned before stays as it is. */
export function extendConfig(config: StudyConfig, { architectures, datasets = [] }: StudyExtension): StudyConfig {
  const { population } = config;
  return {
    ...config,
    population:
      architectures !== undefined && population.source === 'sample'
        ? { ...population, count: architectures }
        : population,
    datasets: [...config.datasets, ...datasets],
  };
}

/** Why a study cannot be extended in this way, as lines that name field and value; empty if it can. */
export function extensionProblems(
  { population }: StudyConfig,
  { architectures, datasets = [] }: StudyExtension,
): string[] {
  if (architectures === undefined && datasets.length === 0) return ['it must name architectures or datasets'];
  if (architectures === undefined) return [];
  if (population.source === 'file')
    return [
      `architectures must be absent: the population comes from a file (${population.path}), got ${architectures}`,
    ];
  return architectures > population.count
    ? []
    : [`architectures must be above ${population.count}, which the study already has, got ${architectures}`];
}
