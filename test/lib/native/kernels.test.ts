import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { expect, test } from 'vitest';
import { compiledKernel, kernels } from '../../../tools/kernels.ts';

test.each(kernels.map((kernel) => [relative('.', kernel.module), kernel] as const))(
  '%s is what its AssemblyScript source compiles to',
  async (_, kernel) => {
    expect(await readFile(kernel.module, 'utf8')).toBe(await compiledKernel(kernel));
  },
);
