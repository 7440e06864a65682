import { existsSync } from 'node:fs';
import type * as FileSystem from 'node:fs/promises';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { EnvironmentError } from '../../../lib/core/errors.ts';
import { openDirectoryStore } from '../../../lib/store/directory-store.ts';
import { storeIdentity } from '../../../lib/store/store-identity.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

/** What happens once, just after a store was seen to be there. */
let then: (() => Promise<void>) | undefined;

vi.mock('node:fs/promises', async (original) => {
  const files = await original<typeof FileSystem>();
  return {
    ...files,
    stat: async (path: string) => {
      const found = await files.stat(path);
      const happening = path.endsWith('store.json') ? then : undefined;
      if (happening !== undefined) then = undefined;
      await happening?.();
      return found;
    },
  };
});

test.each([
  ['with its folder', false],
  ['and leaves an empty mount point', true],
])('a store that disappears %s while it is written to acknowledges nothing', async (_how, isMountPoint) => {
  const store = openDirectoryStore(join(await temporaryFolder(), 'artifacts'));
  await storeIdentity(store);
  const away = `${store.location}-away`;
  then = async () => {
    await rename(store.location, away);
    if (isMountPoint) await mkdir(store.location);
  };
  await expect(store.put('runs/a/record.json', '{}')).rejects.toThrow(EnvironmentError);
  expect(existsSync(store.location)).toBe(isMountPoint);
  await rm(store.location, { recursive: true, force: true });
  await rename(away, store.location);
  await store.put('runs/a/record.json', '{}');
  expect(await store.list('runs/')).toEqual(['runs/a/record.json']);
});
