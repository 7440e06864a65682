import { execFile } from 'node:child_process';
import { cp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeFolder } from '../lib/core/files/make-folder.ts';
import { bindingSources, publishedSources } from '../lib/native/binding.ts';
import { buildProgram, builtPath, containedPackages, root } from './built-program.ts';

/**
 * `npm run package` runs this first: it builds `dist/`, the program with its types, the licences of what it contains, and the C++
 * sources of TensorFlow's binding.
 */
const dist = join(root, 'dist');

await rm(dist, { recursive: true, force: true });
await Promise.all([buildProgram(dist), writeDeclarations(), writeLicences(), copyBinding()]);

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

/** Writes the licences of the packages that the program contains: most ask that every copy of them has theirs. */
async function writeLicences(): Promise<void> {
  const texts = (await containedPackages()).map(async (path) => {
    const folder = join(root, path);
    const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
      name: string;
      version: string;
      license: string;
    };
    const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
    const contents = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
    return [`${name} ${version} (${license})`, ...contents.map((content) => content.trim())].join('\n\n');
  });
  await writeFile(
    join(dist, 'THIRD-PARTY-LICENSES.txt'),
    (await Promise.all(texts)).join(`\n\n${'-'.repeat(80)}\n\n`) + '\n',
  );
}
