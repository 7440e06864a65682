import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contentHash } from '../canonical-json.ts';
import { writeFileAtomically } from './atomic-write.ts';
import { userCache } from './user-cache.ts';

/** Modules of this project that run in a child process, a thread or a web page instead of the process that loads them. */
export interface Bundle {
  /** Name of its folder in the cache; it also appears in lists of processes. */
  name: string;
  /** Each becomes one file that contains everything it imports. */
  entries: readonly URL[];
  /** `node` for a process or thread, `browser` for a script element. */
  platform: 'node' | 'browser';
  /** Packages that are not bundled. */
  external?: readonly string[];
}

export interface BundledFile {
  name: string;
  content: Uint8Array;
}

const extensions = { node: '.cjs', browser: '.iife.js' };
const nameOf = (entry: URL, platform: Bundle['platform']) =>
  basename(entry.pathname, extname(entry.pathname)) + extensions[platform];

const ready = new WeakMap<Bundle, Promise<string>>();

/**
 * Returns a bundle's code as plain JavaScript, so that a process or thread starts without a loader, half a second sooner. The published
 * package holds it beside its entries; in a checkout it is compiled once per process, which takes about 0.1 s, and kept in the user's
 * cache, since the checkout may belong to another user. If compiling fails, the next call tries again.
 * @returns the path of the first entry's file; the others' files lie beside it
 */
export function bundledModules(bundle: Bundle): Promise<string> {
  let path = ready.get(bundle);
  if (path === undefined) {
    path = published(bundle) ?? keep(bundle);
    ready.set(bundle, path);
    path.catch(() => ready.delete(bundle));
  }
  return path;
}

function published({ entries: [entry], platform }: Bundle): Promise<string> | undefined {
  const path = fileURLToPath(new URL(nameOf(entry!, platform), entry));
  return existsSync(path) ? Promise.resolve(path) : undefined;
}

/** Writes the files of a bundle that the cache lacks, or that differ there: one may have been cut short. */
async function keep(bundle: Bundle): Promise<string> {
  const files = await compileBundle(bundle, bundle.entries[0]);
  const key = contentHash(files.map(({ name, content }) => [name, Buffer.from(content).toString()]));
  const paths = files.map(({ name }) => join(userCache(), 'bundles', `${bundle.name}-${key.slice(0, 16)}`, name));
  for (const [index, path] of paths.entries()) {
    const { content } = files[index]!;
    const present = await readFile(path).catch(() => undefined);
    if (present?.equals(content) !== true) await writeFileAtomically(path, content);
  }
  return paths[0]!;
}

/**
 * Compiles a bundle.
 * @param packagesFrom module from which the bundle's packages are resolved, for files that will lie elsewhere
 */
export async function compileBundle(
  { entries, platform, external = [] }: Bundle,
  packagesFrom?: URL,
): Promise<BundledFile[]> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: entries.map((entry) => fileURLToPath(entry)),
    bundle: true,
    write: false,
    outdir: '.',
    outExtension: { '.js': extensions[platform] },
    logLevel: 'silent',
    ...(platform === 'node'
      ? {
          platform,
          // With ECMAScript modules, Node would search large packages for their exported names, which takes another 0.1 s.
          format: 'cjs',
          target: 'node20',
          external: [...external],
          // A dynamic import would not go through the `require` of the prologue.
          supported: { 'dynamic-import': false },
          define: { 'import.meta.url': 'moduleUrl' },
          banner: { js: prologue(packagesFrom) },
        }
      : { platform, format: 'iife', target: 'es2022', minify: true, charset: 'utf8', legalComments: 'none' }),
  });
  return outputFiles.map(({ path, contents }) => ({ name: basename(path), content: contents }));
}

const prologue = (packagesFrom: URL | undefined) =>
  [
    "const moduleUrl = require('node:url').pathToFileURL(__filename);",
    ...(packagesFrom ? [`require = require('node:module').createRequire(${JSON.stringify(packagesFrom.href)});`] : []),
  ].join('\n');
