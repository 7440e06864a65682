import { execFile } from 'node:child_process';
import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeFolder } from '../lib/core/files/make-folder.ts';
import { bindingSources, publishedSources } from '../lib/native/binding.ts';
import { buildProgram, builtPath, root } from './built-program.ts';

/**
 * `npm run package` runs this first: it builds `dist/`, the program with its types and the C++ sources of TensorFlow's binding.
 */
const dist = join(root, 'dist');

await rm(dist, { recursive: true, force: true });
await Promise.all([buildProgram(dist), writeDeclarations(), copyBinding()]);

async function writeDeclarations(): Promise<void> {
  const compiler = fileURLToPath(import.meta.resolve('typescript/bin/tsc'));
  try {
    await promisify(execFile)(process.execPath, [compiler, '-p', join(root, 'tools/tsconfig.build.json')]);
  } catch (error) {
    throw new Error((error as { stdout: string }).stdout, { cause: error });
  }
}

async function copyBinding(): Promise<void> {
  const copy = builtPath(dist, publishedSources);
  await makeFolder(copy);
  await cp(bindingSources(), copy, { recursive: true });
  await writeFile(
    join(copy, 'README.md'),
    'The folder `binding` of the npm package @tensorflow/tfjs-node-gpu, unchanged. Copyright Google LLC, Apache-2.0.\n',
  );
}
