import { cp, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
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

/** What runs in other processes, threads and pages. */
const bundles = [
  ...[childBundle, imageWorkerBundle, analysisWorkerBundle, columnsReaderBundle],
  ...Object.values(pageBundles),
];

/**
 * Packages that the program loads as they are: they have native parts, look for files beside themselves, are shared with programs that
 * import this one (Temporal's), or are large and rarely needed. The others become part of the program: otherwise Node would have to search,
 * read and compile their many files whenever a process starts.
 */
const loadedPackages = [
  '@temporalio/*',
  'protobufjs',
  'koffi',
  'sharp',
  '@cwasm/nsbmp',
  '@aws-sdk/*',
  '@smithy/*',
  'pdfkit',
  'svg-to-pdfkit',
  'fontkit',
  'esbuild',
];

/**
 * Builds the published form of the program, without its declarations, in seconds. The modules become a few files, which share the code that
 * several entries and commands need, and in which modules find their data as in a checkout. Code for other processes, threads and pages,
 * and the workflows, is bundled now instead of on demand.
 * @param folder receives `client.js`, `worker.js`, `index.js`, the files that they share, and folders of data
 * @param more further modules that become entries, without the names of their folders
 */
export async function buildProgram(folder: string, more: readonly string[] = []): Promise<void> {
  const isData = (path: string) => !/[.]ts$|(^|[/])tsconfig|[.]md$/.test(path);
  await Promise.all([
    compileModules([...entries, ...more], folder),
    ...(await filesOf()).filter(isData).map((path) => cp(join(root, path), join(folder, path))),
    ...bundles.map((bundle) => writeBundle(bundle, folder)),
    writeWorkflows(folder),
  ]);
}

/** Lists the folders of the packages whose code is part of the built program. */
export async function containedPackages(): Promise<string[]> {
  const program = [
    ...entries.map((path) => join(root, path)),
    ...bundles.flatMap(({ entries }) => entries.map((entry) => fileURLToPath(entry))),
  ];
  const inputs = await Promise.all([inputsOf(program, loadedPackages), inputsOf([join(root, 'workflows/index.ts')])]);
  const folders = inputs.flat().map((path) => /^.*node_modules[/](@[^/]+[/])?[^/]+/.exec(path)?.[0]);
  return [...new Set(folders)].filter((folder) => folder !== undefined).sort();
}

/** Lists the files from which a bundle of modules is made, relative to the root. */
async function inputsOf(paths: readonly string[], external: readonly string[] = []): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [...paths],
    absWorkingDir: root,
    outdir: root,
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
    external: [...external],
    metafile: true,
  });
  return Object.keys(metafile.inputs);
}

/** Returns the path of the built form of a project file. */
export const builtPath = (folder: string, file: URL): string => join(folder, relative(root, fileURLToPath(file)));

/** Lists paths below the root. */
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
    // Modules find their data relative to themselves, so all must lie at the same depth.
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    bundle: true,
    splitting: true,
    // CommonJS packages require Node's modules.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    logLevel: 'silent',
    external: loadedPackages,
    plugins: [ownUrls],
  });
}

/** Gives each module the address that it has in a checkout, from which it finds its data. */
const ownUrls: Plugin = {
  name: 'own addresses',
  setup: (esbuild) =>
    esbuild.onLoad({ filter: /[.]ts$/ }, async ({ path }) => {
      const address = `new URL(${JSON.stringify(relative(root, path).replace(/ts$/, 'js'))}, import.meta.url).href`;
      return { loader: 'ts', contents: (await readFile(path, 'utf8')).replaceAll('import.meta.url', address) };
    }),
};

async function writeBundle(bundle: Bundle, folder: string): Promise<void> {
  const beside = dirname(builtPath(folder, bundle.entries[0]!));
  await makeFolder(beside);
  for (const { name, content } of await compileBundle(bundle)) await writeFile(join(beside, name), content);
}

async function writeWorkflows(folder: string): Promise<void> {
  await makeFolder(join(folder, 'runtime'));
  await writeFile(builtPath(folder, publishedBundle), await readFile((await workflowBundle()).path));
}
