import { z } from 'zod';
import { canonicalJson } from '../core/canonical-json.ts';
import { ConfigError } from '../core/errors.ts';
import { parseWith } from '../core/validation.ts';
import { datasetSelectionSchema, type DatasetFacts, type DatasetSelection } from '../datasets/selection.ts';
import { parseStudyConfig, type StudyConfig } from './config.ts';

/** An extension of a study: more architectures from its space, more datasets, or both. */
export const extensionSchema = z.strictObject({
  architectures: z
    .int()
    .positive()
    .max(100_000)
    .optional()
    .describe('total number of architectures, at least as many as now'),
  datasets: z.array(datasetSelectionSchema).max(1000).optional().describe('datasets to add'),
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

const heading = 'The study cannot be extended in this way';

/**
 * The part of an extension that a study does not have yet, its datasets with their labels; empty if it has all of it, so that a
 * repeated extension succeeds and changes nothing.
 * @throws ConfigError that names each invalid field, its value and what would be valid
 */
export function missingExtension(
  config: StudyConfig,
  input: StudyExtensionInput,
  catalogue: readonly DatasetFacts[],
): StudyExtension {
  const { architectures, datasets = [] } = parseWith(extensionSchema, input, heading, ConfigError);
  const problem = architecturesProblem(config, architectures);
  if (architectures === undefined && datasets.length === 0)
    throw new ConfigError(heading, ['it must name architectures or datasets']);
  if (problem !== undefined) throw new ConfigError(heading, [problem]);
  const { population } = config;
  const hasThem = population.source === 'sample' && population.count === architectures;
  const missing = {
    ...(architectures === undefined || hasThem ? {} : { architectures }),
    datasets: datasets.filter((selection) => !config.datasets.some((existing) => isSame(selection, existing))),
  };
  const extended = parseStudyConfig(extendConfig(config, missing), catalogue, heading);
  return { ...missing, datasets: extended.datasets.slice(config.datasets.length) };
}

/** Whether a study has all of an extension, as `missingExtension` returns it. */
export const isEmptyExtension = ({ architectures, datasets = [] }: StudyExtension): boolean =>
  architectures === undefined && datasets.length === 0;

function architecturesProblem({ population }: StudyConfig, architectures: number | undefined): string | undefined {
  if (architectures === undefined) return undefined;
  if (population.source === 'file')
    return `architectures must be absent: the population comes from a file (${population.path}), got ${architectures}`;
  return architectures >= population.count
    ? undefined
    : `architectures must be at least ${population.count}, which the study already has, got ${architectures}`;
}

/** Whether a study has a selection already; a label that is not given may be any. */
const isSame = (selection: DatasetSelection, existing: DatasetSelection): boolean =>
  (selection.label === undefined || selection.label === existing.label) &&
  canonicalJson({ ...selection, label: undefined }) === canonicalJson({ ...existing, label: undefined });

/** What an extension, as `missingExtension` returns it, does to a study, e.g. `extended by 8 networks and mnist`. */
export function extensionInWords(config: StudyConfig, { architectures, datasets = [] }: StudyExtension): string {
  const { population } = config;
  const more = architectures === undefined || population.source === 'file' ? 0 : architectures - population.count;
  const parts = [
    ...(more > 0 ? [`${more} ${more === 1 ? 'network' : 'networks'}`] : []),
    ...datasets.map(({ label }) => label!),
  ];
  return parts.length === 0 ? 'extended by nothing new' : `extended by ${parts.join(' and ')}`;
}
