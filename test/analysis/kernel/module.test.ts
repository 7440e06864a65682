import { expect, test } from 'vitest';
import { compiledKernel } from '../../../analysis/kernel/build.ts';
import { kernelModule } from '../../../analysis/kernel/module.ts';

test('the module is what its AssemblyScript source compiles to', async () => {
  expect(await compiledKernel()).toBe(kernelModule);
});
