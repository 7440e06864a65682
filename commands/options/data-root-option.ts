import { stat } from 'node:fs/promises';
import { Option } from 'commander';
import { ConfigError } from '../../lib/core/errors.ts';

/** Makes the option that tells commands where datasets are. */
export function dataRootOption(): Option {
  return new Option('--data-root <dir>', 'folder with the downloaded datasets, each in its own folder').env(
    'BEYOND_IMAGENET_DATA',
  );
}

/** Throws a ConfigError if a data root is not a folder: a mistyped path would look like a data root without datasets. */
export async function checkDataRoot(dataRoot: string | undefined): Promise<void> {
  if (dataRoot === undefined) return;
  const stats = await stat(dataRoot).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (stats?.isDirectory() !== true)
    throw new ConfigError('--data-root is invalid', [`must be a folder, got ${dataRoot}`]);
}
