import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nativeOperations } from '../../../../lib/training/native-operations.ts';
import { groupConvolution } from './group-convolutions.ts';
import { pointwiseConvolution } from './pointwise-convolutions.ts';

/** A process of its own, since threads are counted once in each: prints a hash of what the own operations give. */
const directory = await mkdtemp(join(tmpdir(), 'own-operations-'));
try {
  const operations = nativeOperations();
  if (!operations.available) throw new Error(operations.reason);
  const hash = createHash('sha256');
  for (const stride of [1, 2] as const) {
    const one = { batch: 5, size: 19, channels: 40, groupWidth: 4, stride, type: 'float32' as const };
    const { outputs } = await groupConvolution(one, join(directory, String(stride)));
    for (const values of Object.values(outputs)) hash.update(values);
  }
  for (const stride of [1, 2]) {
    const around = stride === 1 ? ({ normalizes: true, normalized: 'relu' } as const) : { normalizes: false };
    const one = { batch: 5, size: 30, widthIn: 40, width: 24, stride, ...around };
    const { outputs } = await pointwiseConvolution(one, join(directory, `pointwise-${stride}`));
    for (const values of Object.values(outputs)) hash.update(values);
  }
  process.stdout.write(hash.digest('hex'));
} finally {
  await rm(directory, { recursive: true });
}
