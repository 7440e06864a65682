import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { SetupError } from './setup-error.ts';

/** Returns the path of the first of the given commands that is on the PATH. */
export function findOnPath(commands: readonly string[], env: NodeJS.ProcessEnv = process.env): string | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return commands.flatMap((command) => folders.map((folder) => join(folder, command))).find(isExecutable);
}

/** Whether a path is a file that this user may run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Says how to install a tool with the package manager of this machine. */
function installCommand(tool: 'python3' | 'pip' | 'compiler', env: NodeJS.ProcessEnv): string {
  const packages = {
    'apt-get': { python3: 'python3 python3-pip', pip: 'python3-pip', compiler: 'g++' },
    dnf: { python3: 'python3 python3-pip', pip: 'python3-pip', compiler: 'gcc-c++' },
    zypper: { python3: 'python3 python3-pip', pip: 'python3-pip', compiler: 'gcc-c++' },
  };
  const manager = (['apt-get', 'dnf', 'zypper'] as const).find((name) => findOnPath([name], env)) ?? 'apt-get';
  return `install it: ${manager} install -y ${packages[manager][tool]}`;
}

/**
 * Finds a python3 that has pip. Its version hardly matters (3.8 or later): it only downloads.
 * @throws SetupError naming the command that installs what is missing
 */
export async function findPython(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const python = findOnPath(['python3'], env);
  if (python === undefined) throw new SetupError('python3 is not on the PATH', installCommand('python3', env));
  try {
    await promisify(execFile)(python, ['-m', 'pip', '--version'], { env });
  } catch (error) {
    throw new SetupError(`${python} has no pip`, installCommand('pip', env), { cause: error });
  }
  return python;
}

/**
 * Finds a C++ compiler: the one that CXX names, else g++, c++ or clang++ on the PATH.
 * @throws SetupError naming the command that installs one
 */
export function findCompiler(env: NodeJS.ProcessEnv = process.env): string {
  const compiler = env['CXX'] || findOnPath(['g++', 'c++', 'clang++'], env);
  if (compiler === undefined)
    throw new SetupError('no C++ compiler (g++, c++ or clang++) is on the PATH', installCommand('compiler', env));
  return compiler;
}
