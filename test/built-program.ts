import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildProgram, root } from '../tools/built-program.ts';

const folder = join(root, 'node_modules/.cache/beyond-imagenet/program');

/** `client.js` or `worker.js` of the built program, which starts in half the time that the sources take. */
export const builtModule = (name: 'client' | 'worker'): string => join(folder, `${name}.js`);

/** Builds the program before the first test. */
export default async function setup(): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  // Beside the modules, it makes them ECMAScript modules, and the package that they read their version from.
  await writeFile(join(folder, 'package.json'), await readFile(join(root, 'package.json')));
  await buildProgram(folder);
}
