import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { runTraining } from '../../../lib/training/run.ts';
import { preparedDigits, smallTask } from './small-task.ts';
import { sharedTemporaryFolder } from '../../temporary-folder.ts';

const { binding } = vi.hoisted(() => ({ binding: { path: '' } }));
vi.mock('../../../lib/native/index.ts', async (original) => ({
  ...(await original<object>()),
  tensorflowEnvironment: () => Promise.resolve({ BEYOND_IMAGENET_BINDING: binding.path }),
}));

const root = sharedTemporaryFolder();

test.each([
  ['a binding that is not there', undefined],
  ['a library that does not load', 'no library'],
])('%s is a distinct failure, and another worker may have the library', async (name, content) => {
  binding.path = join(root, name, 'tfjs_binding.node');
  if (content !== undefined) {
    binding.path = join(root, 'tfjs_binding.node');
    await writeFile(binding.path, content);
  }
  await expect(runTraining(smallTask(root, 'run', await preparedDigits(join(root, 'data'))))).rejects.toMatchObject({
    kind: 'missing-library',
    isRetryable: true,
    message: expect.stringMatching(/^TensorFlow cannot be loaded \(the command setup installs it\): /) as string,
  });
});
