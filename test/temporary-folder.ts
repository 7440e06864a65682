import { mkdtempSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';

const prefix = join(tmpdir(), 'beyond-imagenet-test-');

/** A new folder that is gone when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(prefix);
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A new folder for all tests of a file, or of a `describe`, in which this is called; it is gone when they have ended. */
export function sharedTemporaryFolder(): string {
  const folder = mkdtempSync(prefix);
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
