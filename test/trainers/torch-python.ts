import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** Of the repository. */
export const root = join(import.meta.dirname, '../..');

/** A Python with PyTorch; the tests that need it are skipped without it. */
export const torchPython = process.env['BEYOND_IMAGENET_TORCH_PYTHON'] || undefined;

/** For the title of a group of tests, so that whoever sees it skipped knows why. */
export const needsTorch = '(needs BEYOND_IMAGENET_TORCH_PYTHON, a Python with PyTorch)';

/** Runs a script of a trainer, or one that imports from it; returns what it prints, and throws with its errors. */
export async function runTorch(trainer: string, script: string, args: readonly string[] = []): Promise<string> {
  const path = [join(root, 'python'), join(root, 'trainers', trainer), process.env['PYTHONPATH'] ?? ''];
  const env = {
    ...process.env,
    PYTHONPATH: path.filter((part) => part !== '').join(delimiter),
    PYTHONDONTWRITEBYTECODE: '1',
  };
  const { stdout } = await promisify(execFile)(torchPython!, [script, ...args], { env, maxBuffer: 64 * 2 ** 20 });
  return stdout;
}

export const trainerFile = (trainer: string, file: string) => join(root, 'trainers', trainer, file);
