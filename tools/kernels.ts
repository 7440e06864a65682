import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Inner loops in AssemblyScript, compiled to WebAssembly with SIMD. The compiled form is kept beside its source. */
export interface Kernel {
  source: string;
  /** TypeScript file that exports the module as base64, so that it is included in bundles. */
  module: string;
  options: readonly string[];
}

const project = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

export const kernels: readonly Kernel[] = [
  {
    source: project('lib/analysis/kernel/assembly/index.ts'),
    module: project('lib/analysis/kernel/module.ts'),
    options: ['--importMemory', '--use', 'abort='],
  },
  {
    source: project('lib/datasets/images/assembly/pixels.ts'),
    module: project('lib/datasets/images/kernel-module.ts'),
    options: ['--initialMemory', '1'],
  },
];

/** Compiles a kernel and returns the required content of its module. */
export async function compiledKernel({ source, options }: Kernel): Promise<string> {
  const compiler = join(createRequire(import.meta.url).resolve('assemblyscript/package.json'), '..', 'bin', 'asc.js');
  const folder = await mkdtemp(join(tmpdir(), 'kernel-'));
  try {
    const out = join(folder, 'kernel.wasm');
    const common = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd'];
    await promisify(execFile)(process.execPath, [compiler, source, '--outFile', out, ...common, ...options]);
    const lines = (await readFile(out)).toString('base64').match(/.{1,110}/g) ?? [];
    const text = lines.map((line) => `  '${line}'`).join(' +\n');
    return `/** Compiled from \`assembly/\` by \`npm run build:kernels\`; base64. */\nexport const kernelModule =\n${text};\n`;
  } finally {
    await rm(folder, { recursive: true });
  }
}
