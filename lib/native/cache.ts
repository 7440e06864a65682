import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { withLock } from '../core/files/lock.ts';
import { makeFolder } from '../core/files/make-folder.ts';
import { userCache } from '../core/files/user-cache.ts';
import { isComplete, markComplete } from './completion.ts';
import type { Part, PartProgress } from './part.ts';
import { SetupError } from './setup-error.ts';

export interface CacheOptions {
  /** Folder of all parts; by default the user's cache. */
  cache?: string | undefined;
  onProgress?: ((progress: PartProgress) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Makes sure that the cache contains a part, and returns its folder. Safe to kill at any point: a part is installed into a temporary
 * folder, marked complete and renamed; the next call removes what a killed one left. If several set-ups run at the same time, one installs
 * and the others wait.
 * @throws SetupError saying what is missing and how to get it
 */
export async function ensurePart(
  part: Part,
  { cache = userCache(), onProgress = () => {}, signal }: CacheOptions = {},
): Promise<string> {
  const directory = join(cache, part.folder);
  if (await isComplete(directory)) return directory;
  await makeFolder(cache);
  const onWaiting = () => onProgress({ part: part.title, activity: { state: 'waiting' } });
  return withLock(directory, { onWaiting, signal }, async (held) => {
    if (!(await isComplete(directory))) await install(part, cache, directory, onProgress, held);
    return directory;
  });
}

const partialMark = '.partial-';

/** Installs a part while the lock is held. */
async function install(
  part: Part,
  cache: string,
  directory: string,
  onProgress: (progress: PartProgress) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  const started = performance.now();
  for (const name of await readdir(cache))
    if (name.startsWith(part.folder + partialMark)) await remove(join(cache, name));
  await checkSpace(part, cache);
  const partial = join(cache, `${part.folder}${partialMark}${randomUUID()}`);
  await mkdir(partial);
  try {
    const onActivity = (activity: PartProgress['activity']) => onProgress({ part: part.title, activity });
    await part.install({ directory: partial, onActivity, signal });
    await markComplete(partial);
    await remove(directory);
    await rename(partial, directory);
    onActivity({ state: 'done', seconds: (performance.now() - started) / 1000 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw noSpace(part, cache, error);
    throw error;
  } finally {
    await remove(partial);
  }
}

/** Removes a folder, with retries because a download may outlive its killed set-up and still write to it. */
const remove = (path: string) => rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });

async function checkSpace(part: Part, cache: string): Promise<void> {
  const { bavail, bsize } = await statfs(cache);
  if (bavail * bsize < part.diskBytes) throw noSpace(part, cache);
}

function noSpace(part: Part, cache: string, cause?: unknown): SetupError {
  const gigabytes = (part.diskBytes / 1e9).toFixed(1);
  return new SetupError(
    `${part.title} needs ${gigabytes} GB of free disk space in ${cache}`,
    'free some space, or set XDG_CACHE_HOME to a folder on a larger disk',
    { cause },
  );
}
