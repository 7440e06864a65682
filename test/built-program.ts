import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { TestProject } from 'vitest/node';
import { buildProgram, root } from '../tools/built-program.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Folder of the built program. */
    program: string;
  }
}

/** Modules that tests import from the built program, besides its entries. */
const more = ['commands/supervise.ts', 'commands/interruption.ts', 'lib/datasets/images/decoding-threads.ts'];

/** A module of the built program, such as `client`, which starts in half the time that the sources take. */
export const builtModule = (name: string): string => join(inject('program'), `${name}.js`);

/** Builds the program before the first test, in a folder of this test run; returns what removes it. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const cache = join(root, 'node_modules/.cache/beyond-imagenet');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'program-'));
  // Beside the modules, it makes them ECMAScript modules, and the package that they read their version from.
  await writeFile(join(folder, 'package.json'), await readFile(join(root, 'package.json')));
  await buildProgram(folder, more);
  provide('program', folder);
  return () => rm(folder, { recursive: true, force: true });
}
