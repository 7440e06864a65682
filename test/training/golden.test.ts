import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../study/config.ts';
import { goldenDifferences } from '../../training/golden.ts';

const goldenFile = new URL('golden/training.json', import.meta.url);

describe("pycls' AnyNet in PyTorch (float64)", () => {
  it('is agreed with in logits, gradients, losses and after five steps, within float32', async () => {
    const differences = await goldenDifferences(JSON.parse(await readFile(goldenFile, 'utf8')));
    expect(differences.map(({ name }) => name)).toEqual(['cifar-stem-grouped', 'simple-stem-odd-size-depthwise']);
    for (const { firstLogits, gradientNorms, losses, finalLogits } of differences) {
      expect(firstLogits).toBeLessThan(1e-4);
      expect(gradientNorms).toBeLessThan(1e-3);
      expect(losses).toBeLessThan(2e-3);
      expect(finalLogits).toBeLessThan(1e-2);
    }
  });

  it('is asked for by a file that holds cases', async () => {
    await expect(goldenDifferences([{ name: 'no network' }])).rejects.toThrow(ConfigError);
  });
});
