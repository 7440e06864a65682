import { describe, expect, test } from 'vitest';
import reference from './golden/anynetx-reference.json' with { type: 'json' };
import { complexityMeasures } from '../../../lib/design-space/complexity.ts';
import { spacePresets } from '../../../lib/design-space/presets.ts';
import { samplePopulation } from '../../../lib/design-space/sampler.ts';
import { structureParameters } from '../../../lib/design-space/structure-parameters.ts';
import { designSpaceSchema, type DesignSpace } from '../../../lib/design-space/space-config.ts';
import { chiSquareP, kolmogorovSmirnovP, type BinnedPair } from './two-sample-tests.ts';

const anynetx = designSpaceSchema.parse(spacePresets.get('anynetx')!.space);

/** 500 architectures of a space beside the reference, for each of the 16 parameters and three complexities. */
async function besideReference(space: DesignSpace, seed: number): Promise<[string, BinnedPair][]> {
  const { architectures } = await samplePopulation(space, { count: 500, seed });
  const parameters = structureParameters
    .filter(({ ofStage }) => ofStage !== undefined)
    .map(({ key, of }): [string, BinnedPair] => {
      const { values, counts } = reference[key as 'd1'];
      const drawn = architectures.map(({ architecture }) => of(architecture));
      return [key, { a: values.map((value) => drawn.filter((other) => other === value).length), b: counts }];
    });
  const complexities = complexityMeasures.map((measure): [string, BinnedPair] => {
    const { edges, counts } = reference[measure];
    const a = counts.map(() => 0);
    for (const { complexity } of architectures) {
      const bin = edges.findIndex((edge) => complexity![measure] < edge);
      a[bin === -1 ? edges.length : bin]!++;
    }
    return [measure, { a, b: counts }];
  });
  return [...parameters, ...complexities];
}

// 19 marginals, two tests each, three seeds: at 0.05 for all together (Bonferroni)
const threshold = 0.05 / (19 * 2 * 3);

describe("500 architectures of AnyNetX and 40,000 drawn with pycls' generators", () => {
  for (const seed of [0, 1, 2])
    test(`have the same marginals by chi-square and Kolmogorov-Smirnov, seed ${seed}`, async () => {
      for (const [key, pair] of await besideReference(anynetx, seed)) {
        expect(
          pair.a.reduce((sum, count) => sum + count, 0),
          `${key}: values that the reference has`,
        ).toBe(500);
        expect(chiSquareP(pair), `${key}, chi-square`).toBeGreaterThan(threshold);
        expect(kolmogorovSmirnovP(pair), `${key}, Kolmogorov-Smirnov`).toBeGreaterThan(threshold);
      }
    });

  test('need the same number of draws', async () => {
    const { acceptance } = await samplePopulation(anynetx, { count: 2000, seed: 0 });
    const rate = reference.accepted / reference.draws;
    const deviation = Math.sqrt((rate * (1 - rate)) / acceptance.draws);
    expect(Math.abs(acceptance.accepted / acceptance.draws - rate)).toBeLessThan(3 * deviation);
  });

  test('would be told apart if widths were uniform, or group widths ended at 8', async () => {
    const changed = { kind: 'uniform', low: 8, high: 1024, quantum: 8 } as const;
    const uniformWidths = await besideReference({ ...anynetx, width: changed } as DesignSpace, 0);
    expect(chiSquareP(uniformWidths.find(([key]) => key === 'w4')![1])).toBeLessThan(threshold);
    const narrow = await besideReference(
      { ...anynetx, groupWidth: { kind: 'power-of-2', low: 1, high: 8, quantum: 1 } },
      0,
    );
    expect(Math.min(...narrow.map(([, pair]) => chiSquareP(pair)))).toBeLessThan(threshold);
  });
});
