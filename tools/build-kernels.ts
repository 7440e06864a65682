import { writeFile } from 'node:fs/promises';
import { compiledKernel, kernels } from './kernels.ts';

/** `npm run build:kernels`: recompiles every kernel. */
for (const kernel of kernels) await writeFile(kernel.module, await compiledKernel(kernel));
