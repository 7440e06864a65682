import { canonicalJson } from '../../core/canonical-json.ts';
import { ConfigError } from '../../core/errors.ts';
import { serializeNetworks, type StudyNetwork } from '../../design-space/study-network.ts';
import { checkStudyId } from '../study-id.ts';
import { configDifferences } from '../config-differences.ts';
import type { StudyConfig } from '../config.ts';
import type { ArtifactStore } from '../../store/artifact-store.ts';
import { studyArtifacts, StudyDocuments } from './study-documents.ts';
import { missingTrainerFiles, storeTrainerFiles } from './trainer-files.ts';

/** A study to be started. */
export interface Submission {
  /** Id of the study, used for its workflow and its artifacts. */
  id: string;
  config: StudyConfig;
  /** The population, if it comes from a file. */
  architectures?: readonly StudyNetwork[] | undefined;
  /** The trainer's files that are at hand; the others must be in the store already. */
  trainerFiles?: readonly Uint8Array[] | undefined;
}

/**
 * Puts a study into the store, or finds it there: an id always refers to the same config, population and trainer, even if two clients start
 * the study at the same time.
 * @throws ConfigError naming the fields in which the existing study with this id differs, or the parts that are missing
 */
export async function submitStudy(store: ArtifactStore, submission: Submission): Promise<void> {
  const { id, config, architectures, trainerFiles = [] } = submission;
  checkStudyId(id);
  const documents = new StudyDocuments(store, id);
  await storeTrainerFiles(store, trainerFiles);
  const problems = await notAtHand(store, submission);
  if (problems.length > 0) throw new ConfigError('The study cannot be started from its config alone', problems);
  if (config.population.source === 'file') {
    const { architectures: name } = studyArtifacts(id);
    const isNew = await store.create(name, serializeNetworks(architectures!));
    if (!isNew && identity(await documents.architectures()) !== identity(architectures!))
      throw differs(id, ['population.path now contains other architectures']);
  }
  if (await documents.createConfig(config)) return;
  const existing = await documents.findSubmittedConfig();
  const differences = submissionDifferences(existing!, config);
  if (differences.length > 0) throw differs(id, differences);
}

/** Returns a problem for each part that the config only names and that is neither submitted nor in the store. */
async function notAtHand(store: ArtifactStore, { config, architectures }: Submission): Promise<string[]> {
  const { population, trainer } = config;
  const problems: string[] = [];
  if (population.source === 'file' && architectures === undefined)
    problems.push(`population.source must be "sample" or "list", got "file" (${population.path})`);
  if (population.source === 'list' && population.path !== undefined)
    problems.push(
      `population.networks must be there instead of population.path, got ${JSON.stringify(population.path)}`,
    );
  if (trainer !== undefined) problems.push(...(await missingTrainerFiles(store, trainer)));
  return problems;
}

const differs = (id: string, problems: readonly string[]) =>
  new ConfigError(
    `A study ${id} with a different config already exists (use another id to start this one as a new study)`,
    problems,
  );

/** Returns the fields in which a submitted study differs from the existing one; files of the trainer are compared by path. */
function submissionDifferences(there: StudyConfig, here: StudyConfig): string[] {
  const others = configDifferences(withoutFiles(there), withoutFiles(here));
  const [before, now] = [there, here].map(
    ({ trainer }) => new Map(trainer?.files.map(({ path, sha256 }) => [path, sha256])),
  ) as [Map<string, string>, Map<string, string>];
  const files = [...new Set([...before.keys(), ...now.keys()])]
    .filter((path) => before.get(path) !== now.get(path))
    .map((path) => {
      const [old, own] = [before.get(path), now.get(path)];
      if (old === undefined) return `trainer.files has ${path} here, but not there`;
      if (own === undefined) return `trainer.files has ${path} there, but not here`;
      return `trainer.files: ${path} has changed: its SHA-256 is ${old} there and ${own} here`;
    });
  return [...others, ...files];
}

const withoutFiles = ({ trainer, ...config }: StudyConfig) => ({
  ...config,
  trainer: trainer && { ...trainer, files: undefined },
});

/** Returns the identity of a population: only the fields that define its architectures. */
const identity = (population: readonly StudyNetwork[]) =>
  canonicalJson(population.map(({ name, architecture }) => ({ name, architecture })));
