import type { DatasetManifest } from '../datasets/manifest.ts';
import type { Architecture } from '../design-space/architecture.ts';
import { architectureComplexity } from '../design-space/complexity.ts';
import type { RunRecord } from '../store/run-record.ts';
import { ConfigError } from '../core/errors.ts';
import { protocolFor, type StudyConfig } from '../study/config.ts';
import type { TrainingProtocol } from '../training/protocol.ts';
import { runKey } from './run-key.ts';
import type { RunReference } from '../activities/contract.ts';
import { selectionOf } from './run-planning.ts';
import type { StudyDocuments, StudyRun } from '../store/study-documents.ts';

/** A run with all that its key stands for. */
export interface ResolvedRun extends StudyRun {
  config: StudyConfig;
  manifest: DatasetManifest;
  architectureOf: Architecture;
  protocol: TrainingProtocol;
}

/**
 * Looks a run up in its study's plan.
 * @throws ConfigError where the plan does not have it
 */
export async function resolveRun(
  documents: StudyDocuments,
  { dataset, runKey: key }: RunReference,
): Promise<ResolvedRun> {
  const [config, manifest, population, plan] = await Promise.all([
    documents.config(),
    documents.dataset(dataset),
    documents.architectures(),
    documents.findPlan(dataset),
  ]);
  const run = plan?.find((candidate) => candidate.runKey === key);
  const architecture = population.find(({ name }) => name === run?.architecture)?.architecture;
  if (run === undefined || architecture === undefined)
    throw new ConfigError('The run is not known', [`the plan of its study for ${dataset} has none of key ${key}`]);
  return {
    ...run,
    config,
    manifest,
    architectureOf: architecture,
    protocol: protocolFor(config, selectionOf(config, dataset)),
  };
}

/**
 * Makes sure that a training engine gives what a run's key stands for.
 * @throws ConfigError where the run was planned for another version of it
 */
export function requireEngine(run: ResolvedRun, engine: string): void {
  const { architectureOf, manifest, protocol, seed } = run;
  if (runKey({ architecture: architectureOf, datasetDigest: manifest.digest, protocol, seed, engine }) !== run.runKey)
    throw new ConfigError('The run cannot be carried out by this worker', [
      `it was planned for another version of the training engine than ${engine}, which would give other results`,
    ]);
}

/** What the record of a run holds, whatever became of it. */
export function recordOf(
  { study, dataset }: RunReference,
  { runKey: key, architecture, architectureOf, seed, manifest, protocol }: ResolvedRun,
): Pick<
  RunRecord,
  | 'format'
  | 'runKey'
  | 'study'
  | 'architectureName'
  | 'architecture'
  | 'complexity'
  | 'dataset'
  | 'datasetDigest'
  | 'protocol'
  | 'seed'
> {
  const { imageSize, channels, classes } = manifest;
  return {
    format: 1,
    runKey: key,
    study,
    architectureName: architecture,
    architecture: architectureOf,
    complexity: architectureComplexity(architectureOf, { imageSize, channels, classes: classes.length }),
    dataset,
    datasetDigest: manifest.digest,
    protocol,
    seed,
  };
}
