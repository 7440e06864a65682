import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { CommandTask } from '../../../../lib/training/command/run-folder.ts';
import type { TrainerProgram } from '../../../../lib/training/command/program.ts';

export const stubPath = fileURLToPath(new URL('stub_trainer.py', import.meta.url));

let found: Promise<string> | undefined;

/** The Python on the PATH itself: what stands there may be a script that takes long to find it. */
export const python = (): Promise<string> =>
  (found ??= promisify(execFile)('python3', ['-c', 'import sys; print(sys.executable)']).then(({ stdout }) =>
    stdout.trim(),
  ));

/** The trainer in Python that misbehaves as the settings of a run say. */
export async function stubProgram(folder: string, changes: Partial<TrainerProgram> = {}): Promise<TrainerProgram> {
  const cwd = join(folder, 'trainer');
  await mkdir(cwd, { recursive: true });
  return {
    ...{ name: 'stub', engine: 'command/stub@1+0', command: [await python(), stubPath], folder: cwd, environment: [] },
    ...{ stopSeconds: 1, silenceMinutes: 1, ...changes },
  };
}

/** A run of it that takes a few hundredths of a second. */
export const stubTask = (workDirectory: string, settings: object = {}): CommandTask => ({
  runKey: 'stub-run',
  seed: 0,
  architecture: { name: 'net', spec: { layers: 3 } },
  settings,
  dataset: {
    ...{
      label: 'digits',
      title: 'mnist',
      digest: 'd',
      classes: ['0', '1'],
      channels: 1,
      imageSize: 28,
      path: '/nowhere',
    },
    images: { train: 100, validation: 20, test: 50 },
  },
  predictions: false,
  tensorBoard: false,
  device: { kind: 'cpu', threads: 1 },
  workDirectory,
});
