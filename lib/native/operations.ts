import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeHeaders } from './binding.ts';
import { runCompiler } from './compile.ts';
import type { Part } from './part.ts';
import { instructionSet, type InstructionSet } from './processor.ts';
import { tensorflowLibraries } from './tensorflow.ts';
import { findCompiler } from './tools.ts';

export const operationsFile = 'operations.node';

/** The folder of their C++ sources. */
const sources = () => fileURLToPath(new URL('operations', import.meta.url));

/** Returns the compiler arguments that build the operations for an instruction set. */
export function operationsArguments(tensorflow: string, processor: InstructionSet, output: string): string[] {
  return [
    // TensorFlow depends neither on the sign of a zero nor on floating-point exceptions.
    ...['-std=c++17', '-O3', '-fno-trapping-math', '-fno-signed-zeros', '-fPIC', '-shared', '-pthread'],
    // GCC notes that its calling convention for vectors has changed; no call into or out of this library passes any.
    ...['-fvisibility=hidden', '-Wno-psabi'],
    ...processor.flags,
    `-DLANES=${processor.lanes}`,
    ...[`-I${nodeHeaders()}`, `-I${join(tensorflow, 'tensorflow', 'include')}`],
    join(sources(), 'operations.cc'),
    `-L${join(tensorflow, 'tensorflow')}`,
    ...tensorflowLibraries.map((library) => `-l:${library}`),
    `-Wl,-rpath,$ORIGIN/../${basename(tensorflow)}/tensorflow`,
    ...['-o', output],
  ];
}

/**
 * Returns this project's own TensorFlow operations for CPUs as a part that is compiled for the instruction set of this machine. Trainings
 * work without them, only slower. The name of its folder depends on everything it is made from: machines that share a cache but have
 * different processors each find their own.
 * @param tensorflow folder of the TensorFlow part, in the same cache
 */
export async function operationsPart(tensorflow: string, processor = instructionSet()): Promise<Part> {
  const key = createHash('sha256').update(operationsArguments('', processor, '').filter(isFlag).join(' '));
  key.update(basename(tensorflow)).update(process.arch);
  for (const name of (await readdir(sources())).filter((file) => /[.](cc|h)$/.test(file)).sort())
    key.update(name).update(await readFile(join(sources(), name)));
  return {
    title: `own operations (${processor.name})`,
    folder: `operations-${key.digest('hex').slice(0, 16)}`,
    diskBytes: 0.05e9,
    async install({ directory, onActivity, signal }) {
      const compiler = findCompiler();
      onActivity({ state: 'compiling' });
      const output = join(directory, operationsFile);
      const failure = "This project's operations do not compile";
      await runCompiler(compiler, operationsArguments(tensorflow, processor, output), failure, signal);
      const load = 'require(process.argv[1])';
      await runCompiler(process.execPath, ['-e', load, output], "This project's operations cannot be loaded", signal);
    },
  };
}

const isFlag = (argument: string) => /^-[^IL]/.test(argument) && !argument.startsWith('-Wl,');
