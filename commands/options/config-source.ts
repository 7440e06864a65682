import { dirname } from 'node:path';
import { ConfigError } from '../../lib/core/errors.ts';
import { readInputJson } from '../../lib/core/files/read-input.ts';
import type { StudyRequest } from '../../control/submission-request.ts';

/** Options that name a study config. */
export interface ConfigSource {
  preset?: string;
  /** Path of a config file. */
  config?: string;
  /** Assignments that change the config, `a.b=v`. */
  set?: readonly string[];
  /** Id of the study; the name in its config if absent. */
  id?: string;
}

/**
 * Returns what a command's options name: a preset, or the document in a file.
 * @throws ConfigError if both are given, or the file is not readable JSON
 */
export async function configDocument({
  preset,
  config,
}: ConfigSource): Promise<Pick<StudyRequest, 'preset' | 'config' | 'folder'>> {
  if (preset !== undefined && config !== undefined)
    throw new ConfigError('--preset and --config exclude each other', ['give only one of them']);
  return config === undefined
    ? { preset }
    : { config: (await readInputJson('--config', config)) as Record<string, unknown>, folder: dirname(config) };
}
