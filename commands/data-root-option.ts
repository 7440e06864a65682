import { stat } from 'node:fs/promises';
import { Option } from 'commander';
import { ConfigError } from '../core/errors.ts';

/** The option by which every command that reads datasets is told where they are. */
export function dataRootOption(): Option {
  return new Option('--data-root <dir>', 'folder with downloaded datasets, one folder each').env(
    'BEYOND_IMAGENET_DATA',
  );
}

/** Throws a ConfigError where a data root is no folder: a mistyped one would look like one without any dataset. */
export async function checkDataRoot(dataRoot: string | undefined): Promise<void> {
  if (dataRoot === undefined) return;
  const stats = await stat(dataRoot).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (stats?.isDirectory() !== true)
    throw new ConfigError('--data-root is invalid', [`must be a folder, got ${dataRoot}`]);
}
