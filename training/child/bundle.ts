import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { contentHash } from '../../core/canonical-json.ts';

const entries = ['main.ts', 'orphan-watch.ts'].map((name) => fileURLToPath(new URL(name, import.meta.url)));
/** Inside the checkout's node_modules, where the packages that stay outside the bundle are found. */
const cache = fileURLToPath(new URL('../../node_modules/.cache/training-child', import.meta.url));

let bundled: Promise<string> | undefined;

/**
 * The training process as plain JavaScript: path of a module that Node starts without a loader, half a second sooner for each
 * training. Bundled once a process (about 0.1 s), kept by the hash of its content.
 */
export function childModule(): Promise<string> {
  return (bundled ??= bundleChild());
}

async function bundleChild(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: entries,
    bundle: true,
    platform: 'node',
    // ECMAScript modules would have Node search all of TensorFlow.js for the names that it exports: 0.1 s more.
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    define: { 'import.meta.url': 'moduleUrl' },
    banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename);" },
    target: 'node20',
    external: ['@tensorflow/tfjs-node-gpu', 'koffi'],
    outdir: cache,
    write: false,
    logLevel: 'silent',
  });
  const files = outputFiles.map(({ path, contents }) => ({ name: basename(path), contents }));
  const folder = join(cache, contentHash(outputFiles.map(({ path, hash }) => [basename(path), hash])).slice(0, 16));
  const partial = `${folder}.${randomUUID()}`;
  await mkdir(partial, { recursive: true });
  for (const { name, contents } of files) await writeFile(join(partial, name), contents);
  try {
    await rename(partial, folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    // Another process has put the same bundle there.
    await rm(partial, { recursive: true });
  }
  return join(folder, 'main.cjs');
}
