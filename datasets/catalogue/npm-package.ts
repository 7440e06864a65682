import { createRequire } from 'node:module';
import { dirname } from 'node:path';

const require = createRequire(import.meta.url);

/** The folder of an installed package that contains data, and its version as `npm name@1.2.3`. */
export function npmPackage(name: string): { folder: string; version: string } {
  const manifest = require.resolve(`${name}/package.json`);
  const { version } = require(manifest) as { version: string };
  return { folder: dirname(manifest), version: `npm ${name}@${version}` };
}
