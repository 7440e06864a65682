import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type * as bundle from '../../training/child/bundle.ts';
import { runTraining } from '../../training/run.ts';
import { preparedDigits, smallTask } from './small-task.ts';

const { module } = vi.hoisted(() => ({ module: { path: '' } }));
vi.mock('../../training/child/bundle.ts', () => ({ childModule: () => Promise.resolve(module.path) }));

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'missing-library-'));
  const { childModule } = await vi.importActual<typeof bundle>('../../training/child/bundle.ts');
  module.path = join(root, 'main.cjs');
  await copyFile(await childModule(), module.path);
  await writeFile(join(root, 'orphan-watch.cjs'), '');
});
afterAll(() => rm(root, { recursive: true }));

/** The process finds this in the place of TensorFlow.js. */
async function installTensorFlow(index: string): Promise<void> {
  const folder = join(root, 'node_modules', '@tensorflow', 'tfjs-node-gpu');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'index.js'), index);
}

test.each([
  [
    'a binding that is not there',
    "throw new Error('The Node.js native addon module (tfjs_binding.node) can not be found')",
  ],
  ['a library that does not load', "process.dlopen({ exports: {} }, '/nowhere/libtensorflow_cc.so.2')"],
])('%s is a failure of its own, and another worker may have it', async (_what, index) => {
  await installTensorFlow(index);
  await expect(runTraining(smallTask(root, 'run', await preparedDigits(join(root, 'data'))))).rejects.toMatchObject({
    kind: 'missing-library',
    isRetryable: true,
    message: expect.stringMatching(/^TensorFlow cannot be loaded \(npm run setup brings it\): /) as string,
  });
});
