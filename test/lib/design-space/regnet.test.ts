import { describe, expect, test } from 'vitest';
import { regNetStages } from '../../../lib/design-space/regnet.ts';

const base = { depth: 22, initialWidth: 24, slope: 24.48, multiplier: 2.54, bottleneckRatio: 1, groupWidth: 16 };

describe('the stages of a RegNet', () => {
  test('are those of the published RegNetX-400MF', () => {
    expect(regNetStages(base)).toEqual({
      depths: [1, 2, 7, 12],
      widths: [32, 64, 160, 384],
      bottleneckRatios: [1, 1, 1, 1],
      groupWidths: [16, 16, 16, 16],
      steps: 4,
    });
  });

  test('have no groups wider than their 3x3 convolution', () => {
    const { widths, groupWidths } = regNetStages({ ...base, groupWidth: 128, bottleneckRatio: 2 });
    widths.forEach((width, stage) => {
      expect(width % 2).toBe(0);
      expect((width / 2) % groupWidths[stage]!).toBe(0);
    });
    expect(groupWidths[0]).toBe(12);
  });

  test('round halves to even, as NumPy does: 24 channels in groups of 16 become 32, 40 become 32', () => {
    const flat = { ...base, depth: 1, groupWidth: 16 };
    expect(regNetStages({ ...flat, initialWidth: 24 }).widths).toEqual([32]);
    expect(regNetStages({ ...flat, initialWidth: 40 }).widths).toEqual([32]);
  });

  test('count the steps of widths that no block has', () => {
    const { depths, steps } = regNetStages({ ...base, depth: 3, slope: 400 });
    expect(steps).toBeGreaterThan(depths.length);
  });
});
