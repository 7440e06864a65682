import { copyFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { linkedBinding, tfjsPackage } from '../../../lib/native/binding.ts';
import type * as bundle from '../../../lib/training/child/bundle.ts';
import { runTraining } from '../../../lib/training/run.ts';
import { preparedDigits, smallTask } from './small-task.ts';
import { sharedTemporaryFolder } from '../../temporary-folder.ts';

const { module } = vi.hoisted(() => ({ module: { path: '' } }));
vi.mock('../../../lib/training/child/bundle.ts', () => ({ childModule: () => Promise.resolve(module.path) }));

const root = sharedTemporaryFolder();
beforeAll(async () => {
  const { childModule } = await vi.importActual<typeof bundle>('../../../lib/training/child/bundle.ts');
  module.path = join(root, 'main.cjs');
  await copyFile(await childModule(), module.path);
  await writeFile(join(root, 'orphan-watch.cjs'), '');
});

/** The process finds tfjs-node here, with this in the place of its binding. */
async function installBinding(content: string | undefined): Promise<void> {
  const [ours, theirs] = [join(root, 'node_modules', '@tensorflow', 'tfjs-node-gpu'), tfjsPackage()];
  await rm(ours, { recursive: true, force: true });
  await mkdir(dirname(linkedBinding(ours)), { recursive: true });
  await copyFile(join(theirs, 'package.json'), join(ours, 'package.json'));
  await symlink(join(theirs, 'dist'), join(ours, 'dist'));
  if (content !== undefined) await writeFile(linkedBinding(ours), content);
}

test.each([
  ['a binding that is not there', undefined],
  ['a library that does not load', 'no library'],
])('%s is a failure of its own, and another worker may have it', async (_what, binding) => {
  await installBinding(binding);
  await expect(runTraining(smallTask(root, 'run', await preparedDigits(join(root, 'data'))))).rejects.toMatchObject({
    kind: 'missing-library',
    isRetryable: true,
    message: expect.stringMatching(/^TensorFlow cannot be loaded \(npm run setup brings it\): /) as string,
  });
});
