import { catalogue } from '../datasets/catalogue/index.ts';
import { repetitions } from '../design-space/population.ts';
import { parsePopulation } from '../design-space/population-file.ts';
import { ConfigError } from '../core/errors.ts';
import { parseStudyConfig } from '../study/config.ts';
import { applyOverrides } from '../study/overrides.ts';
import { preset } from '../study/presets.ts';
import { readInputFile, readInputJson } from './input.ts';
import { checkStudyId, type Submission } from '../control/submission.ts';

export interface ConfigSource {
  preset?: string;
  /** Path of a config file. */
  config?: string;
  /** Assignments on top, `a.b=v`. */
  set?: readonly string[];
  /** Of the study; its config's name where absent. */
  id?: string;
}

/**
 * The study that a command's options describe, with everything checked that can be before any work.
 * @throws ConfigError
 */
export async function readSubmission(source: ConfigSource): Promise<Submission> {
  if (source.preset !== undefined && source.config !== undefined)
    throw new ConfigError('--preset and --config exclude each other', ['give one of them']);
  const document =
    source.config === undefined
      ? preset(source.preset ?? 'quickstart')
      : await readInputJson('--config', source.config);
  const config = parseStudyConfig(applyOverrides(document, source.set ?? []), catalogue);
  const id = source.id ?? config.name;
  checkStudyId(id);
  if (config.population.source === 'sample') return { id, config };
  const { path } = config.population;
  const architectures = parsePopulation(await readInputFile('population.path', path), path);
  const repeated = repetitions(architectures);
  if (repeated.length > 0) throw new ConfigError(`${path} is no population of a study`, repeated);
  return { id, config, architectures };
}
