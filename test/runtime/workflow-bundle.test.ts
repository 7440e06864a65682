import { readdir, stat, truncate } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { workflowBundle } from '../../runtime/workflow-bundle.ts';
import { temporaryFolder } from '../temporary-folder.ts';

test.each([0, 1000])('a bundle that is truncated to %s bytes in the cache is built again', async (bytes) => {
  const cache = await temporaryFolder();
  const { path, hash } = await workflowBundle({ cache });
  const { size } = await stat(path);
  await truncate(path, bytes);
  expect(await workflowBundle({ cache })).toEqual({ path, hash });
  expect((await stat(path)).size).toBe(size);
  expect(await readdir(cache)).toEqual([`workflows-${hash}`]);
});
