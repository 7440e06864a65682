import { canonicalJson } from '../../core/canonical-json.ts';
import { ConfigError } from '../../core/errors.ts';
import { serializePopulation } from '../../design-space/population-file.ts';
import type { NamedArchitecture } from '../../design-space/population.ts';
import { checkStudyId } from '../study-id.ts';
import { configDifferences } from '../config-differences.ts';
import type { StudyConfig } from '../config.ts';
import type { ArtifactStore } from '../../store/artifact-store.ts';
import { studyArtifacts, StudyDocuments } from './study-documents.ts';

/** A study to be started. */
export interface Submission {
  /** Id of the study, used for its workflow and its artifacts. */
  id: string;
  config: StudyConfig;
  /** The population, if it comes from a file. */
  architectures?: readonly NamedArchitecture[] | undefined;
}

/**
 * Puts a study into the store, or finds it there: an id always refers to the same config and population, even if two clients start
 * the study at the same time.
 * @throws ConfigError naming the fields in which the existing study with this id differs
 */
export async function submitStudy(store: ArtifactStore, { id, config, architectures }: Submission): Promise<void> {
  checkStudyId(id);
  const documents = new StudyDocuments(store, id);
  if (config.population.source === 'file') {
    if (architectures === undefined)
      throw new ConfigError('The study cannot be started from its config alone', [
        `population.source must be "sample", got "file" (${config.population.path})`,
      ]);
    const { architectures: name } = studyArtifacts(id);
    const isNew = await store.create(name, serializePopulation(architectures));
    if (!isNew && identity(await documents.architectures()) !== identity(architectures))
      throw differs(id, ['population.path now contains other architectures']);
  }
  if (await documents.createConfig(config)) return;
  const existing = await documents.findSubmittedConfig();
  const problems = configDifferences(existing, config);
  if (problems.length > 0) throw differs(id, problems);
}

const differs = (id: string, problems: readonly string[]) =>
  new ConfigError(
    `A study ${id} with a different config already exists (use another id to start this one as a new study)`,
    problems,
  );

/** The identity of a population: only what defines its architectures. */
const identity = (population: readonly NamedArchitecture[]) =>
  canonicalJson(population.map(({ name, architecture }) => ({ name, architecture })));
