import { z } from 'zod';
import { canonicalJson } from '../core/canonical-json.ts';
import { ConfigError } from '../core/errors.ts';
import { parseWith, rule } from '../core/validation.ts';
import { networkListSchema, type ListedNetwork } from '../design-space/listed-network.ts';
import { datasetSelectionSchema, type DatasetFacts, type DatasetSelection } from '../datasets/selection.ts';
import { parseStudyConfig, type StudyConfig } from './config.ts';

/** Largest number of characters of the JSON text of networks that are added at once, as they travel in a Temporal message. */
const longestAddition = 2 ** 20;

/** An extension of a study: more architectures from its space, more networks for its list, more datasets, or several of these. */
export const extensionSchema = z.strictObject({
  architectures: z
    .int()
    .positive()
    .max(100_000)
    .optional()
    .describe('total number of architectures, at least as many as now'),
  networks: networkListSchema
    .refine(
      (networks) => JSON.stringify(networks).length <= longestAddition,
      rule(`must be at most ${longestAddition} characters of JSON in total`),
    )
    .optional()
    .describe('networks to add to the list'),
  datasets: z.array(datasetSelectionSchema).max(1000).optional().describe('datasets to add'),
});

export type StudyExtension = z.infer<typeof extensionSchema>;
export type StudyExtensionInput = z.input<typeof extensionSchema>;

/** Returns the config of a study with an extension; everything planned before stays as it is. */
export function extendConfig(
  config: StudyConfig,
  { architectures, networks = [], datasets = [] }: StudyExtension,
): StudyConfig {
  return {
    ...config,
    population: extendPopulation(config.population, architectures, networks),
    datasets: [...config.datasets, ...datasets],
  };
}

function extendPopulation(
  population: StudyConfig['population'],
  architectures: number | undefined,
  networks: readonly ListedNetwork[],
): StudyConfig['population'] {
  switch (population.source) {
    case 'sample':
      return architectures === undefined ? population : { ...population, count: architectures };
    case 'list':
      return { ...population, networks: [...population.networks, ...networks] };
    case 'file':
      return population;
  }
}

const heading = 'The study cannot be extended in this way';

/**
 * Returns the part of an extension that a study does not have yet, with labels for its datasets. It is empty if the study has everything,
 * so that a repeated extension succeeds and changes nothing.
 * @throws ConfigError that names each invalid field, its value and what would be valid
 */
export function missingExtension(
  config: StudyConfig,
  input: StudyExtensionInput,
  catalogue: readonly DatasetFacts[],
): StudyExtension {
  const { architectures, networks = [], datasets = [] } = parseWith(extensionSchema, input, heading, ConfigError);
  if (architectures === undefined && networks.length === 0 && datasets.length === 0)
    throw new ConfigError(heading, ['it must name architectures, networks or datasets']);
  const problems = [...architecturesProblems(config, architectures), ...networksProblems(config, networks)];
  if (problems.length > 0) throw new ConfigError(heading, problems);
  const { population } = config;
  const hasThem = population.source === 'sample' && population.count === architectures;
  const known = new Set(population.source === 'list' ? population.networks.map(({ name }) => name) : []);
  const missing = {
    ...(architectures === undefined || hasThem ? {} : { architectures }),
    ...(networks.length > 0 && { networks: networks.filter(({ name }) => !known.has(name)) }),
    datasets: datasets.filter((selection) => !config.datasets.some((existing) => isSame(selection, existing))),
  };
  const extended = parseStudyConfig(extendConfig(config, missing), catalogue, heading);
  return { ...missing, datasets: extended.datasets.slice(config.datasets.length) };
}

/** Returns whether an extension, as `missingExtension` returns it, adds nothing. */
export const isEmptyExtension = ({ architectures, networks = [], datasets = [] }: StudyExtension): boolean =>
  architectures === undefined && networks.length === 0 && datasets.length === 0;

function architecturesProblems({ population }: StudyConfig, architectures: number | undefined): string[] {
  if (architectures === undefined) return [];
  switch (population.source) {
    case 'file':
      return [
        `architectures must be absent: the population comes from a file (${population.path}), got ${architectures}`,
      ];
    case 'list':
      return [
        `architectures must be absent: the population is a list, to which networks are added, got ${architectures}`,
      ];
    case 'sample':
      return architectures >= population.count
        ? []
        : [`architectures must be at least ${population.count}, which the study already has, got ${architectures}`];
  }
}

/** Returns the problems of networks to add: their names must be new, unless the list has the very same network already. */
function networksProblems({ population }: StudyConfig, networks: readonly ListedNetwork[]): string[] {
  if (networks.length === 0) return [];
  if (population.source !== 'list')
    return [`networks must be absent unless population.source is "list", got ${networks.length} networks`];
  const known = new Map(population.networks.map((network) => [network.name, canonicalJson(network)]));
  return networks.flatMap((network, index) => {
    const own = known.get(network.name);
    return own === undefined || own === canonicalJson(network)
      ? []
      : [`networks[${index}].name must be new: the study has another network named ${network.name}`];
  });
}

/** Returns whether a study has a selection already; a selection without a label matches any label. */
const isSame = (selection: DatasetSelection, existing: DatasetSelection): boolean =>
  (selection.label === undefined || selection.label === existing.label) &&
  canonicalJson({ ...selection, label: undefined }) === canonicalJson({ ...existing, label: undefined });

/** Describes an extension, as `missingExtension` returns it, e.g. `extended by 8 networks and mnist`. */
export function extensionInWords(
  { population }: StudyConfig,
  { architectures, networks = [], datasets = [] }: StudyExtension,
): string {
  const more =
    architectures === undefined || population.source !== 'sample' ? networks.length : architectures - population.count;
  const parts = [
    ...(more > 0 ? [`${more} ${more === 1 ? 'network' : 'networks'}`] : []),
    ...datasets.map(({ label }) => label!),
  ];
  return parts.length === 0 ? 'extended by nothing new' : `extended by ${parts.join(' and ')}`;
}
