import { readFile } from 'node:fs/promises';
import { parseJson } from '../json.ts';
import { ConfigError } from '../errors.ts';

/** Reads a file that the user named; throws a `ConfigError` that says what (e.g. which option's file) cannot be read, and why. */
export async function readInputBytes(what: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = { ENOENT: 'there is no such file', EISDIR: 'it is a folder, not a file' };
    throw new ConfigError(`${what} cannot be read`, [`${path}: ${reasons[code ?? ''] ?? message}`]);
  }
}

/** Reads the text of such a file, without the byte order mark that some editors put at its start. */
export async function readInputFile(option: string, path: string): Promise<string> {
  return (await readInputBytes(option, path)).toString('utf8').replace(/^\uFEFF/, '');
}

/** Reads the JSON value in a file that the user named; throws a `ConfigError` naming option, path and position. */
export async function readInputJson(option: string, path: string): Promise<unknown> {
  const text = await readInputFile(option, path);
  try {
    return parseJson(text);
  } catch (error) {
    throw new ConfigError(`${option} must be a JSON file`, [`${path}: ${(error as Error).message}`]);
  }
}
