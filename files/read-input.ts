import { readFile } from 'node:fs/promises';
import { ConfigError } from '../core/errors.ts';

/** The text of a file that the user named; throws a `ConfigError` that names option and path. */
export async function readInputFile(option: string, path: string): Promise<string> {
  try {
    // Removes the byte order mark that some editors put at the start of a file.
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ConfigError(`${option} cannot be read`, [
      `${path}: ${code === 'ENOENT' ? 'there is no such file' : message}`,
    ]);
  }
}

/** The JSON value in a file that the user named; throws a `ConfigError` that names option, path and position. */
export async function readInputJson(option: string, path: string): Promise<unknown> {
  const text = await readInputFile(option, path);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigError(`${option} must be a JSON file`, [`${path}: ${(error as Error).message}`]);
  }
}
