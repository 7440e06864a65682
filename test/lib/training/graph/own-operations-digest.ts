import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataType } from '../../../../lib/training/graph/graph-builder.ts';
import { computedConvolution, type OwnConvolution } from './own-convolutions.ts';

/** A process of its own, since threads are counted once in each: prints a hash of what the own operations give. */
const directory = await mkdtemp(join(tmpdir(), 'own-operations-'));
try {
  const hash = createHash('sha256');
  const around = { normalizes: true, normalized: 'relu' } as const;
  const convolutions = (type: DataType): OwnConvolution[] => [
    ...[1, 2].flatMap((stride) =>
      [4, 16].map((groupWidth): OwnConvolution => {
        const width = 5 * Math.max(8, groupWidth);
        const shape = { batch: 5, size: 19, widthIn: width, width, groupWidth, stride };
        return { kernelSize: 3, ...shape, ...around, type };
      }),
    ),
    ...[around, { normalizes: false }].map((kind): OwnConvolution => {
      const shape = { batch: 5, size: 30, widthIn: 40, width: 24, groupWidth: 40, stride: kind.normalizes ? 1 : 2 };
      return { kernelSize: 1, ...shape, ...kind, type };
    }),
  ];
  for (const [index, one] of [...convolutions('float32'), ...convolutions('bfloat16')].entries()) {
    const { outputs } = await computedConvolution(one, join(directory, String(index)));
    for (const values of Object.values(outputs)) hash.update(values);
  }
  process.stdout.write(hash.digest('hex'));
} finally {
  await rm(directory, { recursive: true });
}
