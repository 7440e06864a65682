import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SetupError } from './setup-error.ts';

/**
 * Runs a command of an installation.
 * @param problem begins the message of the error
 * @throws SetupError with the first lines of the command's errors if it fails
 */
export async function runCompiler(
  command: string,
  args: readonly string[],
  problem: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await promisify(execFile)(command, args, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    const { stderr } = error as { stderr?: string };
    throw new SetupError(
      `${problem}: ${command} says\n${(stderr || String(error)).trim().split('\n').slice(0, 10).join('\n')}`,
      'a C++17 compiler is needed (g++ 10 or clang 10 or later; CXX=<path> chooses one)',
      { cause: error },
    );
  }
}
