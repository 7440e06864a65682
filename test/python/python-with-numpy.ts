import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { withLock } from '../../lib/core/files/lock.ts';
import { makeFolder } from '../../lib/core/files/make-folder.ts';
import { userCache } from '../../lib/core/files/user-cache.ts';

const run = promisify(execFile);
const helper = join(import.meta.dirname, '../../python');

/** Runs a Python script that can import numpy and the project's helper; returns what it prints, and throws with its errors. */
export async function runPython(
  script: string,
  args: readonly string[] = [],
  environment: Record<string, string> = {},
): Promise<string> {
  const env = { ...process.env, PYTHONPATH: await pythonPath(), PYTHONDONTWRITEBYTECODE: '1', ...environment };
  const { stdout } = await run('python3', [script, ...args], { env, maxBuffer: 64 * 2 ** 20 });
  return stdout;
}

/** The value of PYTHONPATH with which scripts find numpy and the helper. */
export const pythonPath = async (): Promise<string> => [helper, await numpyFolder()].join(delimiter);

/** A folder with numpy for this machine's Python: installed by pip, once a user. */
async function numpyFolder(): Promise<string> {
  const { stdout } = await run('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
  const folder = join(userCache(), `test-numpy-python${stdout.trim()}`);
  await makeFolder(folder);
  const env = { ...process.env, PYTHONPATH: folder };
  await withLock(folder, {}, async () => {
    if (
      await run('python3', ['-c', 'import numpy'], { env }).then(
        () => true,
        () => false,
      )
    )
      return;
    await run('python3', ['-m', 'pip', 'install', '--target', folder, '--upgrade', '--only-binary=:all:', 'numpy']);
  });
  return folder;
}
