import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const source = fileURLToPath(new URL('assembly/index.ts', import.meta.url));
const target = fileURLToPath(new URL('module.ts', import.meta.url));

/** The kernel's module, compiled anew from `assembly/` (AssemblyScript), as `module.ts` holds it. */
export async function compiledKernel(): Promise<string> {
  const compiler = join(createRequire(import.meta.url).resolve('assemblyscript/package.json'), '..', 'bin', 'asc.js');
  const folder = await mkdtemp(join(tmpdir(), 'beyond-imagenet-kernel-'));
  try {
    const out = join(folder, 'kernel.wasm');
    const options = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--importMemory', '--use', 'abort='];
    await promisify(execFile)(process.execPath, [compiler, source, '--outFile', out, ...options]);
    return (await readFile(out)).toString('base64');
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const lines = (await compiledKernel()).match(/.{1,110}/g) ?? [];
  const text = lines.map((line) => `  '${line}'`).join(' +\n');
  await writeFile(
    target,
    `/** Compiled from \`assembly/\` by \`npm run kernel\`; base64. */\nexport const kernelModule =\n${text};\n`,
  );
}
