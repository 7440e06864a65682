import { describe, expect, test } from 'vitest';
import type { Acceptance } from '../../../lib/design-space/acceptance.ts';
import { architectureSchema } from '../../../lib/design-space/architecture.ts';
import { complexityOf } from '../../../lib/design-space/complexity.ts';
import { layersOf } from '../../../lib/design-space/layers.ts';
import { spacePresets } from '../../../lib/design-space/presets.ts';
import { samplePopulation } from '../../../lib/design-space/sampler.ts';
import { contentHash } from '../../../lib/core/canonical-json.ts';
import { ConfigError } from '../../../lib/core/errors.ts';
import { designSpaceSchema, type DesignSpaceInput } from '../../../lib/design-space/space-config.ts';

const space = (input: DesignSpaceInput) => designSpaceSchema.parse(input);
const preset = (name: string) => designSpaceSchema.parse(spacePresets.get(name)!.space);

/** The lines of the error that sampling raises. */
async function refusal(input: DesignSpaceInput, count = 10, drawLimit = 5000): Promise<string[]> {
  try {
    await samplePopulation(space(input), { count, seed: 0, drawLimit });
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n').map((line) => line.trim());
    throw error;
  }
  return [];
}

describe('a sampled population', () => {
  test('is the same for the same seed, on every machine', async () => {
    const hashes: Record<string, string> = {};
    for (const name of ['anynetx', 'regnetx'])
      hashes[name] = contentHash((await samplePopulation(preset(name), { count: 20, seed: 7 })).architectures).slice(
        0,
        16,
      );
    expect(hashes).toMatchInlineSnapshot(`
      {
        "anynetx": "7aa16493321549c8",
        "regnetx": "7524cd06cccefdfd",
      }
    `);
  });

  test('differs between seeds', async () => {
    const [a, b] = await Promise.all(
      [1, 2].map(async (seed) => (await samplePopulation(preset('anynetx-small'), { count: 5, seed })).architectures),
    );
    expect(a).not.toEqual(b);
  });

  test('begins with the smaller populations of its seed', async () => {
    const sample = async (count: number) =>
      (await samplePopulation(preset('anynetx-small'), { count, seed: 3 })).architectures;
    const large = await sample(1100);
    expect(large.slice(0, 30)).toEqual(await sample(30));
    expect([large[0]!.name, large[999]!.name, large[1000]!.name]).toEqual(['arch-000', 'arch-999', 'arch-1000']);
  });

  test.each([...spacePresets.keys()])(
    'of %s obeys all rules, lies in the window and has no architecture twice',
    async (name) => {
      const { complexity: windows } = preset(name);
      const { architectures, acceptance } = await samplePopulation(preset(name), { count: 60, seed: 4 });
      for (const { architecture, complexity } of architectures) {
        expect(architectureSchema.parse(architecture)).toEqual(architecture);
        expect(complexityOf(layersOf(architecture, windows))).toEqual(complexity);
        expect(complexity!.flops).toBeGreaterThanOrEqual(windows.flops!.low!);
        expect(complexity!.flops).toBeLessThanOrEqual(windows.flops!.high!);
      }
      expect(new Set(architectures.map(({ architecture }) => JSON.stringify(architecture))).size).toBe(60);
      const rejected = Object.values(acceptance.rejected).reduce((sum, count) => sum + count, 0);
      expect(acceptance.draws).toBe(acceptance.accepted + rejected);
    },
  );

  test('keeps to windows on params and acts too', async () => {
    const complexity = { params: { high: 40_000 }, acts: { low: 30_000, high: 60_000 }, imageSize: 28, channels: 1 };
    const small = space({ kind: 'anynet', width: { kind: 'uniform', low: 8, high: 64, quantum: 8 }, complexity });
    const { architectures, acceptance } = await samplePopulation(small, { count: 40, seed: 0 });
    for (const { complexity } of architectures) {
      expect(complexity!.params).toBeLessThanOrEqual(40_000);
      expect(complexity!.acts).toBeGreaterThanOrEqual(30_000);
      expect(complexity!.acts).toBeLessThanOrEqual(60_000);
    }
    expect(acceptance.rejected.params).toBeGreaterThan(0);
    expect(acceptance.nearest.acts!.below).toBeLessThan(30_000);
  });

  test('reports its progress every 10,000 draws', async () => {
    const draws: number[] = [];
    const onProgress = (seen: Acceptance) => void draws.push(seen.draws);
    await samplePopulation(preset('anynetx'), { count: 150, seed: 0, onProgress });
    expect(draws.slice(0, 3)).toEqual([10_000, 20_000, 30_000]);
  });

  test('awaits its progress callback, and ends with the error that it throws', async () => {
    let turns = 0;
    const interrupted = samplePopulation(preset('anynetx'), {
      count: 150,
      seed: 0,
      onProgress: async ({ draws }) => {
        await new Promise((resolve) => setImmediate(resolve));
        turns++;
        if (draws === 20_000) throw new Error('cancelled');
      },
    });
    await expect(interrupted).rejects.toThrow('cancelled');
    expect(turns).toBe(2);
  });

  test('takes other stage counts, block types, strides and a distribution for each stage', async () => {
    const fixed = (...values: number[]) => ({ kind: 'values' as const, values });
    const { architectures } = await samplePopulation(
      space({
        kind: 'anynet',
        blockType: 'res_basic_block',
        strides: [1, 2, 2],
        depth: [fixed(1), fixed(2), fixed(3)],
        width: [fixed(8), fixed(16, 24), fixed(32)],
      }),
      { count: 2, seed: 0 },
    );
    for (const { architecture } of architectures)
      expect(architecture).toMatchObject({
        blockType: 'res_basic_block',
        depths: [1, 2, 3],
        strides: [1, 2, 2],
        bottleneckRatios: [1, 1, 1],
        groupWidths: [1, 1, 1],
      });
    expect(architectures.map(({ architecture }) => architecture.widths[1]).sort()).toEqual([16, 24]);
  });
});

describe('a space that cannot give enough architectures', () => {
  test('of an impossible window says the draws by reason and the nearest complexities', async () => {
    const lines = await refusal({ kind: 'anynet', complexity: { flops: { low: 1, high: 1000 } } });
    expect(lines[0]).toBe('The design space yielded 0 of 10 architectures, and no further one in 5,000 draws:');
    expect(lines[1]).toBe('5,000 drawn, 0 accepted');
    expect(lines[2]).toMatch(/^4,\d\d\d rejected: the width of a 3x3 convolution is not divisible by its group width$/);
    expect(lines[3]).toMatch(/^\d+ rejected: flops are outside the window$/);
    expect(lines[4]).toMatch(/^flops window 1 to 1,000, nearest seen below none, above 1\d,\d\d\d,\d\d\d$/);
  });

  test('of ranges that never fit together says which rule was broken', async () => {
    const groups = { kind: 'values' as const, values: [64] };
    const width = { kind: 'uniform' as const, low: 8, high: 32, quantum: 8 };
    expect((await refusal({ kind: 'anynet', width, groupWidth: groups }))[2]).toBe(
      '5,000 rejected: the width of a 3x3 convolution is not divisible by its group width',
    );
    const ratios = { kind: 'values' as const, values: [3] };
    const powers = { kind: 'power-of-2' as const, low: 8, high: 64 };
    expect((await refusal({ kind: 'anynet', width: powers, bottleneckRatio: ratios }))[2]).toBe(
      '5,000 rejected: a width is not divisible by its bottleneck ratio',
    );
    expect((await refusal({ kind: 'regnet', stages: { low: 9, high: 9 } }))[2]).toMatch(
      /^5,000 rejected: the widths form/,
    );
  });

  test('of too few architectures says how many there were', async () => {
    const one = (value: number) => ({ kind: 'values' as const, values: [value] });
    const tiny = { kind: 'anynet' as const, strides: [1], width: one(8), bottleneckRatio: one(1), groupWidth: one(1) };
    const lines = await refusal({ ...tiny, depth: { kind: 'uniform', low: 1, high: 3 } });
    expect(lines[0]).toContain('yielded 3 of 10 architectures');
    expect(lines.join()).toContain('rejected: the architecture was drawn before');
  });
});
