import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConfigError } from '../../lib/core/errors.ts';
import { makeFolder } from '../../lib/core/files/make-folder.ts';

/** Creates the folder that an option names; throws a `ConfigError` if nothing can be written into it. */
export async function checkOutputFolder(option: string, path: string): Promise<void> {
  try {
    await makeFolder(path);
    await access(path, constants.W_OK);
  } catch (error) {
    throw new ConfigError(`${option} cannot be written`, [`${path}: ${(error as Error).message}`]);
  }
}

/** Creates the folder for the file that an option names; throws a `ConfigError` if the file could not be written later. */
export async function checkOutputFile(option: string, path: string): Promise<void> {
  await checkOutputFolder(option, dirname(path));
  try {
    if ((await stat(path)).isDirectory()) throw new ConfigError(`${option} must be a file`, [`${path} is a folder`]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
