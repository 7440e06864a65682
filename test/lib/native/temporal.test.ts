import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { markComplete } from '../../../lib/native/completion.ts';
import { supportedPlatform } from '../../../lib/native/platform.ts';
import { temporalBinary, temporalPart } from '../../../lib/native/temporal.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  vi.stubEnv('PATH', join(folder, 'bin'));
  await mkdir(join(folder, 'bin'));
});
afterEach(() => {
  vi.unstubAllEnvs();
});

test('a temporal on the PATH is used before the pinned one', async () => {
  const own = join(folder, 'bin', 'temporal');
  await writeFile(own, '#!/bin/sh\n');
  await chmod(own, 0o755);
  expect(await temporalBinary({ cache: join(folder, 'cache') })).toBe(own);
});

test('else the one in the cache is used', async () => {
  const part = join(folder, temporalPart(supportedPlatform()).folder);
  await mkdir(part);
  await writeFile(join(part, 'temporal'), 'binary');
  await markComplete(part);
  expect(await temporalBinary({ cache: folder })).toBe(join(part, 'temporal'));
});

test('else it is downloaded, which needs python3', async () => {
  await expect(temporalBinary({ cache: join(folder, 'cache') })).rejects.toThrow('python3 is not on the PATH');
});
