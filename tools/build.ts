import { execFile } from 'node:child_process';
import { cp, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { analysisWorkerBundle } from '../lib/analysis/parallel/analyze-in-parallel.ts';
import { compileBundle, type Bundle } from '../lib/core/files/bundled-modules.ts';
import { makeFolder } from '../lib/core/files/make-folder.ts';
import { imageWorkerBundle } from '../lib/datasets/images/image-workers.ts';
import { bindingSources, publishedSources } from '../lib/native/binding.ts';
import { pageBundles } from '../lib/report/bundle.ts';
import { childBundle } from '../lib/training/child/bundle.ts';
import { bundleWorkflows, publishedBundle } from '../runtime/workflow-bundle.ts';

/**
 * `npm pack` runs this first: it builds `dist/`, the published form of the project. Modules become JavaScript with types, one by
 * one, so that they find each other and their data as in a checkout; what runs in other processes, threads and pages, and the
 * workflows, are bundled now rather than when they are needed; and the C++ sources of TensorFlow's binding come along.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

/** Where the published form of a file of the project lies. */
const built = (file: string | URL) => join(dist, relative(root, typeof file === 'string' ? file : fileURLToPath(file)));

await rm(dist, { recursive: true, force: true });
await Promise.all([compileModules(), copyData(), copyBinding()]);
const bundles: readonly Bundle[] = [
  childBundle,
  imageWorkerBundle,
  analysisWorkerBundle,
  ...Object.values(pageBundles),
];
for (const bundle of bundles)
  for (const { name, content } of await compileBundle(bundle)) {
    const folder = dirname(built(bundle.entries[0]!));
    await makeFolder(folder);
    await writeFile(join(folder, name), content);
  }
await writeFile(built(publishedBundle), await bundleWorkflows());

async function compileModules(): Promise<void> {
  const compiler = fileURLToPath(import.meta.resolve('typescript/bin/tsc'));
  try {
    await promisify(execFile)(process.execPath, [compiler, '-p', join(root, 'tools/tsconfig.build.json')]);
  } catch (error) {
    throw new Error((error as { stdout: string }).stdout, { cause: error });
  }
}

/** Files that modules read beside themselves. JSON that they import is TypeScript's matter. */
async function copyData(): Promise<void> {
  for (const folder of ['lib', 'runtime'])
    for (const entry of await readdir(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || /[.]ts$|^tsconfig|[.]md$/.test(entry.name)) continue;
      const file = join(entry.parentPath, entry.name);
      await cp(file, built(file));
    }
}

async function copyBinding(): Promise<void> {
  const [sources, copy] = [bindingSources(), built(publishedSources)];
  await makeFolder(copy);
  await cp(sources, copy, { recursive: true });
  await writeFile(
    join(copy, 'README.md'),
    'The folder `binding` of the npm package @tensorflow/tfjs-node-gpu, unchanged. Copyright Google LLC, Apache-2.0.\n',
  );
}
