import { ConfigError } from '../core/errors.ts';
import { readInputJson } from '../files/read-input.ts';
import type { StudyRequest } from '../control/submission-request.ts';

/** Options that name a study config. */
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
 * What a command's options name: a preset, or the document of a file.
 * @throws ConfigError
 */
export async function configDocument({
  preset,
  config,
}: ConfigSource): Promise<Pick<StudyRequest, 'preset' | 'config'>> {
  if (preset !== undefined && config !== undefined)
    throw new ConfigError('--preset and --config exclude each other', ['give one of them']);
  return config === undefined
    ? { preset }
    : { config: (await readInputJson('--config', config)) as Record<string, unknown> };
}
