import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCompiler } from './compile.ts';
import type { Part } from './part.ts';
import { tensorflowLibraries } from './tensorflow.ts';
import { findCompiler } from './tools.ts';

export const bindingFile = 'tfjs_binding.node';

/** Node-API version that the binding is compiled for; every Node since 12.22 has it. */
const napiVersion = 8;

const packageFolder = (name: string) => dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));

/** The copy of the binding's C++ sources in the published package. */
export const publishedSources = new URL('tfjs-binding', import.meta.url);

/** Returns the folder of the binding's C++ sources; in a checkout, that of the npm package. */
export function bindingSources(): string {
  const published = fileURLToPath(publishedSources);
  return existsSync(published) ? published : join(packageFolder('@tensorflow/tfjs-node-gpu'), 'binding');
}

/** Returns the folder of Node-API's headers. */
export const nodeHeaders = () => join(packageFolder('node-api-headers'), 'include');

/** A header that is included before the binding's sources; it explains why. */
const prelude = () => fileURLToPath(new URL('copied-tensors.h', import.meta.url));

/**
 * Returns the compiler arguments that build the binding from its two sources and the C headers of the TensorFlow part. The binding finds
 * TensorFlow's libraries beside its own folder, wherever the cache is.
 */
export function compilerArguments(tensorflow: string, output: string): string[] {
  return [
    ...['-std=c++17', '-O2', '-fPIC', '-shared'],
    ...[`-DNAPI_VERSION=${napiVersion}`, '-DNODE_GYP_MODULE_NAME=tfjs_binding'],
    ...[`-I${nodeHeaders()}`, `-I${join(tensorflow, 'tensorflow', 'include')}`],
    ...['-include', prelude()],
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((source) => join(bindingSources(), source)),
    `-L${join(tensorflow, 'tensorflow')}`,
    ...tensorflowLibraries.map((library) => `-l:${library}`),
    `-Wl,-rpath,$ORIGIN/../${basename(tensorflow)}/tensorflow`,
    ...['-o', output],
  ];
}

/**
 * Returns the tfjs binding as a part that is compiled from source without node-gyp, which would download Node's headers, and without make.
 * The name of its folder depends on everything it is made from: each version of this program finds its own binding, and every Node version
 * the same one.
 * @param tensorflow folder of the TensorFlow part, in the same cache
 */
export async function bindingPart(tensorflow: string): Promise<Part> {
  const key = createHash('sha256')
    .update(basename(tensorflow))
    .update(process.arch)
    .update(await readFile(prelude()));
  for (const folder of [bindingSources(), nodeHeaders()])
    for (const name of (await readdir(folder)).filter((file) => /[.](cc|h)$/.test(file)).sort())
      key.update(name).update(await readFile(join(folder, name)));

  return {
    title: 'tfjs binding',
    folder: `tfjs-binding-${key.digest('hex').slice(0, 16)}`,
    diskBytes: 0.05e9,
    async install({ directory, onActivity, signal }) {
      const compiler = findCompiler();
      onActivity({ state: 'compiling' });
      const output = join(directory, bindingFile);
      const failure = 'The tfjs binding does not compile';
      await runCompiler(compiler, compilerArguments(tensorflow, output), failure, signal);
      const load = 'process.dlopen({ exports: {} }, process.argv[1])';
      await runCompiler(process.execPath, ['-e', load, output], 'The tfjs binding cannot be loaded', signal);
    },
  };
}
