import { ConfigError } from '../../lib/core/errors.ts';
import type { SingleRun } from '../../lib/runs/single-run.ts';
import { protocolFor, selectionOf } from '../../lib/study/config.ts';
import { networksOf } from '../../lib/study/networks.ts';
import { datasetLabels } from '../../lib/study/plan.ts';
import { resolveRequest } from '../../control/submission-request.ts';
import { configDocument } from './config-source.ts';

/** Options that choose a run of a study's config. */
export interface StudyRunOptions {
  /** Path of the config. */
  config: string;
  /** Name of a network; the study's first if absent. */
  architecture?: string | undefined;
  /** Label of a dataset; the study's reference if absent. */
  dataset?: string | undefined;
  set: readonly string[];
  seed: number;
}

/**
 * Returns one run of a study, as its config describes it.
 * @throws ConfigError if the config is invalid, or does not have the network or the dataset
 */
export async function runOfStudy({
  config: path,
  architecture,
  dataset,
  set,
  seed,
}: StudyRunOptions): Promise<SingleRun> {
  const { config, architectures, trainerFiles } = await resolveRequest({
    ...(await configDocument({ config: path })),
    set,
  });
  const networks = architectures ?? (await networksOf(config))!;
  const network = architecture === undefined ? networks[0] : networks.find(({ name }) => name === architecture);
  const label = dataset ?? config.reference;
  const problems = [
    ...(network === undefined
      ? [`--architecture must be one of ${listed(networks.map(({ name }) => name))}, got ${architecture}`]
      : []),
    ...(datasetLabels(config).includes(label)
      ? []
      : [`--dataset must be one of ${listed(datasetLabels(config))}, got ${label}`]),
  ];
  if (problems.length > 0) throw new ConfigError(`${path} has no such run`, problems);
  const selection = selectionOf(config, label);
  return {
    ...{
      name: network!.name,
      architecture: network!.architecture,
      selection,
      protocol: protocolFor(config, selection),
      seed,
    },
    ...(config.trainer && { trainer: { command: config.trainer, files: trainerFiles ?? [] } }),
  };
}

const mostNames = 10;

const listed = (names: readonly string[]) =>
  [...names.slice(0, mostNames), ...(names.length > mostNames ? ['...'] : [])].join(', ');
