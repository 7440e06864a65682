import { Option } from 'commander';
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
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ConfigError(`${option} cannot be written`, [
      `${path}: ${code === 'EEXIST' ? 'it is a file, not a folder' : message}`,
    ]);
  }
}

/** Makes the option of commands that may replace files. */
export const forceOption = () => new Option('--force', 'replace existing files').default(false);

/**
 * Creates the folder for the file that an option names.
 * @param force whether an existing file may be replaced; an empty one always may
 * @throws ConfigError if the file could not be written later, or already exists
 */
export async function checkOutputFile(option: string, path: string, force: boolean): Promise<void> {
  await checkOutputFolder(option, dirname(path));
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  if (found?.isDirectory()) throw new ConfigError(`${option} must be a file`, [`${path} is a folder`]);
  if (found?.isFile() && found.size > 0 && !force)
    throw new ConfigError(`${option} would replace a file`, [`${path} already exists; --force replaces it`]);
}
