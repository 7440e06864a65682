import { describe, expect, test } from 'vitest';
import { architectureSchema } from '../../../lib/design-space/architecture.ts';
import { marginalsOf, stageMarginals } from '../../../lib/design-space/marginals.ts';

/** An architecture of one depth and width a stage. */
const named = (depths: number[], width: number, flops: number) => ({
  name: 'a',
  architecture: architectureSchema.parse({
    stem: 'simple_stem_in',
    stemWidth: 8,
    depths,
    widths: depths.map(() => width),
    strides: depths.map(() => 1),
    bottleneckRatios: depths.map(() => 1),
    groupWidths: depths.map(() => 1),
  }),
  complexity: { flops, params: 5, acts: flops / 2 },
});
const population = [named([1, 3], 8, 0), named([2, 6], 24, 60), named([7, 5], 40, 120)];
const marginal = (key: string) => marginalsOf(population).find((other) => other.key === key)!;

describe('the marginals of a population', () => {
  test('count stage parameters in octaves that all stages share', () => {
    expect(marginal('d1')).toEqual({
      key: 'd1',
      title: 'Stage 1 depth',
      unit: 'blocks',
      ofStage: 1,
      minimum: 1,
      median: 2,
      maximum: 7,
      bins: [
        { low: 1, high: 2, count: 1 },
        { low: 2, high: 4, count: 1 },
        { low: 4, high: 8, count: 1 },
      ],
    });
    expect(marginal('d2').bins.map(({ count }) => count)).toEqual([0, 1, 2]);
  });

  test('give powers of 2 bins of their own', () => {
    expect(marginal('g1').bins).toEqual([{ low: 1, high: 2, count: 3 }]);
  });

  test('count complexities in bins of equal width, the largest value in the last', () => {
    const { bins } = marginal('flops');
    expect(bins).toHaveLength(12);
    expect([bins[0], bins[6], bins[11]]).toEqual([
      { low: 0, high: 10, count: 1 },
      { low: 60, high: 70, count: 1 },
      { low: 110, high: 120, count: 1 },
    ]);
  });

  test('have one bin if all values are equal', () => {
    expect(marginal('params').bins).toEqual([{ low: 5, high: 5, count: 3 }]);
  });

  test('leave out architectures without the stage, and complexities that are not known', () => {
    const withoutComplexity = [...population, named([4], 8, 0)].map(({ name, architecture }) => ({
      name,
      architecture,
    }));
    const marginals = marginalsOf(withoutComplexity);
    const total = (key: string) =>
      marginals.find((other) => other.key === key)!.bins.reduce((sum, { count }) => sum + count, 0);
    expect([total('d1'), total('d2')]).toEqual([4, 3]);
    expect(marginals.some(({ key }) => key === 'flops')).toBe(false);
  });

  test('are grouped by kind, stage after stage', () => {
    expect(stageMarginals(marginalsOf(population)).map((stages) => stages.map(({ key }) => key).join())).toEqual([
      'd1,d2',
      'w1,w2',
      'b1,b2',
      'g1,g2',
    ]);
  });
});
