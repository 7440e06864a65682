import { cp, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { analysisWorkerBundle } from '../lib/analysis/parallel/analyze-in-parallel.ts';
import { compileBundle, type Bundle } from '../lib/core/files/bundled-modules.ts';
import { columnsReaderBundle } from '../lib/core/files/columnar/read-columns.ts';
import { makeFolder } from '../lib/core/files/make-folder.ts';
import { imageWorkerBundle } from '../lib/datasets/images/image-workers.ts';
import { pageBundles } from '../lib/report/bundle.ts';
import { childBundle } from '../lib/training/child/bundle.ts';
import { publishedBundle, workflowBundle } from '../runtime/workflow-bundle.ts';

export const root = fileURLToPath(new URL('..', import.meta.url));

const entries = ['index.ts', 'client.ts', 'worker.ts'];
const folders = ['lib', 'runtime', 'control', 'commands', 'workflows', 'activities'];

/** Modules that run in pages, and AssemblyScript: they are compiled as parts of bundles and kernels. */
const isElsewhere = (path: string) => /[/]assembly[/]|^lib[/]report[/]page[/]/.test(path);

/**
 * Builds the published form of the program, without its declarations, in seconds. Modules become JavaScript one by one, so that they
 * find each other and their data as in a checkout; what runs in other processes, threads and pages, and the workflows, are bundled now
 * rather than when they are needed.
 * @param folder gets `client.js`, `worker.js`, `index.js` and the folders beside them
 */
export async function buildProgram(folder: string): Promise<void> {
  const files = await filesOf();
  const isModule = (path: string) => path.endsWith('.ts') && !path.endsWith('.d.ts') && !isElsewhere(path);
  const isData = (path: string) => !/[.]ts$|(^|[/])tsconfig|[.]md$/.test(path);
  await Promise.all([
    compileModules([...entries, ...files.filter(isModule)], folder),
    ...files.filter(isData).map((path) => cp(join(root, path), join(folder, path))),
    ...[childBundle, imageWorkerBundle, analysisWorkerBundle, columnsReaderBundle, ...Object.values(pageBundles)].map(
      (bundle) => writeBundle(bundle, folder),
    ),
    writeWorkflows(folder),
  ]);
}

/** Where the built form of a file of the project lies. */
export const builtPath = (folder: string, file: URL): string => join(folder, relative(root, fileURLToPath(file)));

/** Paths below the root. */
async function filesOf(): Promise<string[]> {
  const listed = folders.map((folder) => readdir(join(root, folder), { recursive: true, withFileTypes: true }));
  return (await Promise.all(listed))
    .flat()
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

async function compileModules(paths: readonly string[], folder: string): Promise<void> {
  await build({
    entryPoints: paths.map((path) => join(root, path)),
    outdir: folder,
    outbase: root,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    // Every module stays a file, and only JSON becomes part of the module that imports it.
    bundle: true,
    treeShaking: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'one file a module',
        setup: (esbuild) =>
          esbuild.onResolve({ filter: /^[.].*[.]ts$/ }, ({ path, kind }) =>
            kind === 'entry-point' ? undefined : { path: path.replace(/ts$/, 'js'), external: true },
          ),
      },
    ],
  });
}

async function writeBundle(bundle: Bundle, folder: string): Promise<void> {
  const beside = dirname(builtPath(folder, bundle.entries[0]!));
  await makeFolder(beside);
  for (const { name, content } of await compileBundle(bundle)) await writeFile(join(beside, name), content);
}

async function writeWorkflows(folder: string): Promise<void> {
  await makeFolder(join(folder, 'runtime'));
  await writeFile(builtPath(folder, publishedBundle), await readFile((await workflowBundle()).path));
}
