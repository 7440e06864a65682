import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile, readlink, rename, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeFolder } from '../core/files/make-folder.ts';
import type { Part } from './part.ts';
import { SetupError } from './setup-error.ts';
import { tensorflowLibraries } from './tensorflow.ts';
import { findCompiler } from './tools.ts';

const require = createRequire(import.meta.url);
const packageFolder = (name: string) => dirname(require.resolve(`${name}/package.json`));

export const bindingFile = 'tfjs_binding.node';

/** Node-API version that the binding is compiled for; names its folder in the package. */
const napiVersion = 8;

/** The tfjs package that the binding belongs to. */
export const tfjsPackage = () => packageFolder('@tensorflow/tfjs-node-gpu');

/** A header that is compiled before the binding's sources; it explains why. */
const prelude = () => fileURLToPath(new URL('copied-tensors.h', import.meta.url));

/**
 * The compiler's arguments that make the binding: its two sources against the C headers of the TensorFlow part, finding the
 * libraries beside its own folder in the cache, wherever that is.
 */
export function compilerArguments(sources: string, nodeHeaders: string, tensorflow: string, output: string): string[] {
  return [
    ...['-std=c++17', '-O2', '-fPIC', '-shared'],
    ...[`-DNAPI_VERSION=${napiVersion}`, '-DNODE_GYP_MODULE_NAME=tfjs_binding'],
    ...[`-I${nodeHeaders}`, `-I${join(tensorflow, 'tensorflow', 'include')}`, '-include', prelude()],
    ...[join(sources, 'tfjs_backend.cc'), join(sources, 'tfjs_binding.cc')],
    `-L${join(tensorflow, 'tensorflow')}`,
    ...tensorflowLibraries.map((library) => `-l:${library}`),
    `-Wl,-rpath,$ORIGIN/../${tensorflow.split('/').at(-1)}/tensorflow`,
    ...['-o', output],
  ];
}

/**
 * The tfjs binding, compiled from the sources of the npm package: this needs neither node-gyp, which would download Node's
 * headers, nor make. Its folder name depends on everything it is made from, so that checkouts with other versions have their own.
 * @param tensorflow folder of the TensorFlow part, in the same cache
 */
export async function bindingPart(tensorflow: string): Promise<Part> {
  const sources = join(tfjsPackage(), 'binding');
  const nodeHeaders = join(packageFolder('node-api-headers'), 'include');
  const tensorflowFolder = tensorflow.split('/').at(-1)!;
  const key = createHash('sha256')
    .update(tensorflowFolder)
    .update(process.arch)
    .update(await readFile(prelude()));
  for (const folder of [sources, nodeHeaders])
    for (const name of (await readdir(folder)).sort()) key.update(name).update(await readFile(join(folder, name)));

  return {
    title: 'tfjs binding',
    folder: `tfjs-binding-${key.digest('hex').slice(0, 16)}`,
    diskBytes: 0.05e9,
    async install({ directory, onActivity, signal }) {
      const compiler = findCompiler();
      onActivity({ state: 'compiling' });
      const output = join(directory, bindingFile);
      await run(
        compiler,
        compilerArguments(sources, nodeHeaders, tensorflow, output),
        'The tfjs binding does not compile',
        signal,
      );
      const load = 'process.dlopen({ exports: {} }, process.argv[1])';
      await run(process.execPath, ['-e', load, output], 'The tfjs binding cannot be loaded', signal);
    },
  };
}

async function run(command: string, args: string[], problem: string, signal: AbortSignal | undefined): Promise<void> {
  try {
    await promisify(execFile)(command, args, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    const { stderr } = error as { stderr?: string };
    throw new SetupError(
      `${problem}: ${command} says\n${(stderr || String(error)).trim().split('\n').slice(0, 10).join('\n')}`,
      'a C++17 compiler is needed (g++ 8 or clang 7 or later; CXX=<path> chooses one)',
      { cause: error },
    );
  }
}

/** Where the npm package expects its binding: a link into the cache. */
export const linkedBinding = (tfjs: string = tfjsPackage()): string =>
  join(tfjs, 'lib', `napi-v${napiVersion}`, bindingFile);

/**
 * Points the npm package at a binding in the cache. The link is replaced atomically: a process that starts in the meantime finds
 * the old one or the new one.
 */
export async function linkBinding(binding: string, tfjs: string = tfjsPackage()): Promise<void> {
  const link = linkedBinding(tfjs);
  const folder = dirname(link);
  // Anything but a link is replaced: nothing there, or a binding that another tool built.
  if ((await readlink(link).catch(() => undefined)) === binding) return;
  await makeFolder(folder);
  const temporary = join(folder, `.${randomUUID()}`);
  await symlink(binding, temporary);
  await rename(temporary, link);
}
