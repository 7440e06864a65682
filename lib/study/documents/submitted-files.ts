import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { ConfigError } from '../../core/errors.ts';
import { readInputBytes, readInputJson } from '../../core/files/read-input.ts';
import { parseWith } from '../../core/validation.ts';
import { networkFileSchema, type ListedNetwork } from '../../design-space/listed-network.ts';
import type { StudyConfig } from '../config.ts';
import { sha256Of } from './trainer-files.ts';
import type { CommandTrainer } from '../trainer-config.ts';

const MiB = 2 ** 20;
/** Largest sizes in bytes: of one file of a trainer, of all of them together, and of a list of networks. */
const [mostFileBytes, mostBytes, mostListBytes] = [16 * MiB, 64 * MiB, 16 * MiB];

/**
 * A config in which paths are replaced by content or checksums, so that it alone determines the study, and the contents of its trainer's
 * files.
 */
export interface ResolvedConfig {
  config: StudyConfig;
  trainerFiles: Uint8Array[];
}

/**
 * Reads the files that a config names: its list of networks, and the files of its trainer.
 * @param folder of the config, which their paths are relative to
 * @throws ConfigError naming field and path of each file that cannot be read, is too large, or lies outside the folder
 */
export async function withSubmittedFiles(config: StudyConfig, folder: string): Promise<ResolvedConfig> {
  const { population, trainer } = config;
  const resolved: StudyConfig = { ...config };
  const trainerFiles: Uint8Array[] = [];
  if (population.source === 'list' && population.path !== undefined)
    resolved.population = {
      source: 'list',
      networks: await readNetworks('population.path', join(folder, population.path)),
    };
  if (trainer !== undefined) {
    const files: CommandTrainer['files'] = [];
    const problems: string[] = [];
    let bytes = 0;
    for (const [index, file] of trainer.files.entries()) {
      // A file with a checksum is in the store already.
      const content = file.sha256 === undefined ? await readFileOf(folder, file.path, index, problems) : undefined;
      if (content !== undefined) trainerFiles.push(content);
      bytes += content?.length ?? 0;
      files.push(content === undefined ? file : { path: file.path, sha256: sha256Of(content) });
    }
    if (bytes > mostBytes) problems.push(`trainer.files must be at most ${mostBytes} bytes in total, got ${bytes}`);
    if (problems.length > 0) throw new ConfigError('The files of the trainer cannot be used', problems);
    resolved.trainer = { ...trainer, files };
  }
  return { config: resolved, trainerFiles };
}

/**
 * Reads a list of networks from a JSON file.
 * @param what names the file in errors, e.g. the option or field with its path
 * @throws ConfigError naming file, network and field
 */
export async function readNetworks(what: string, path: string): Promise<ListedNetwork[]> {
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  if (size > mostListBytes)
    throw new ConfigError(`${what} is invalid`, [`${path} must be at most ${mostListBytes} bytes, got ${size}`]);
  return parseWith(networkFileSchema, await readInputJson(what, path), `${path} is not a list of networks`);
}

/** Reads a file of a trainer; if it cannot be used, adds a problem and returns undefined. */
async function readFileOf(
  folder: string,
  path: string,
  index: number,
  problems: string[],
): Promise<Buffer | undefined> {
  const field = `trainer.files[${index}]`;
  const refuse = (rule: string): undefined => void problems.push(`${field} must ${rule}, got ${JSON.stringify(path)}`);
  const location = join(folder, path);
  const found = await stat(location).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error)
    return refuse(
      found.code === 'ENOENT' || found.code === 'ENOTDIR'
        ? `be a file in ${folder}, which has no file of this name`
        : `be readable (${found.message})`,
    );
  if (!found.isFile()) return refuse('be a file; list the files of a folder one by one');
  if (!(await realpath(location)).startsWith((await realpath(folder)) + sep))
    return refuse(`lie in ${folder}, but is a link to a file outside it`);
  if (found.size > mostFileBytes) return refuse(`be at most ${mostFileBytes} bytes (it is ${found.size})`);
  try {
    return await readInputBytes(field, location);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.problems.map((problem) => `${field} cannot be read: ${problem}`));
    return undefined;
  }
}
