import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UnsuitableWorkerError } from '../../lib/core/errors.ts';
import { stateFolder } from '../../lib/core/files/state-folder.ts';
import { checkTrainer } from '../../runtime/self-check.ts';
import { trainingProcesses } from '../lib/training/child-processes.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** Checks a machine with two equal slots; also returns whether anything was trained. */
async function trains(state: ReturnType<typeof stateFolder>): Promise<boolean> {
  let isChecking = true;
  let hasTrained = false;
  const checking = checkTrainer(state, [
    { kind: 'cpu', threads: 1 },
    { kind: 'cpu', threads: 1 },
  ]).finally(() => (isChecking = false));
  while (isChecking) {
    hasTrained ||= (await trainingProcesses()).length > 0;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await checking;
  return hasTrained;
}

test('a worker whose devices train the golden network may take trainings, and is checked only once', async () => {
  const state = stateFolder(await temporaryFolder());
  expect(await trains(state)).toBe(true);
  expect(await trains(state)).toBe(false);
  await writeFile(join(state.root, 'self-check.txt'), 'of another machine');
  expect(await trains(state)).toBe(true);
});

test('a worker whose device is missing takes none, and says what to do', async () => {
  const state = stateFolder(await temporaryFolder());
  const checking = checkTrainer(state, [{ kind: 'gpu', index: 7 }]);
  await expect(checking).rejects.toThrow(UnsuitableWorkerError);
  await expect(checking).rejects.toThrow(/^This worker takes no trainings:\n {2}GPUs: GPU 7 was asked for.*\n {4}\w/);
  expect(await readdir(state.root)).toEqual([]);
});
