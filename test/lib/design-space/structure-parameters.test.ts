import { describe, expect, test } from 'vitest';
import { architectureSchema } from '../../../lib/design-space/architecture.ts';
import {
  structureParameters,
  structureParametersFor,
  structureParametersOf,
} from '../../../lib/design-space/structure-parameters.ts';

const architecture = architectureSchema.parse({
  stem: 'simple_stem_in',
  stemWidth: 32,
  depths: [1, 2, 3, 4],
  widths: [8, 16, 32, 64],
  strides: [2, 2, 2, 2],
  bottleneckRatios: [1, 2, 4, 1],
  groupWidths: [8, 4, 2, 1],
});

describe('the structure parameters', () => {
  test('are the 16 of AnyNetX, then those derived from them', () => {
    expect(structureParameters.map(({ key }) => key).join(' ')).toBe(
      'd1 d2 d3 d4 w1 w2 w3 w4 b1 b2 b3 b4 g1 g2 g3 g4 ' +
        'totalDepth cumulativeWidth stageWidthSum finalWidth meanWidth meanBottleneckRatio meanGroupWidth',
    );
  });

  test('have the values that their descriptions state', () => {
    expect(structureParametersOf(architecture)).toMatchObject({
      d4: 4,
      w2: 16,
      b3: 4,
      g1: 8,
      totalDepth: 10,
      cumulativeWidth: 8 + 2 * 16 + 3 * 32 + 4 * 64,
      stageWidthSum: 120,
      finalWidth: 64,
      meanWidth: 39.2,
      meanBottleneckRatio: (1 + 2 * 2 + 3 * 4 + 4) / 10,
      meanGroupWidth: (8 + 2 * 4 + 3 * 2 + 4) / 10,
    });
  });

  test('follow the number of stages', () => {
    const three = { ...architecture, depths: [1, 2, 3] };
    expect(Object.keys(structureParametersOf(three)).slice(0, 4)).toEqual(['d1', 'd2', 'd3', 'w1']);
    const d4 = structureParameters.find(({ key }) => key === 'd4')!;
    expect(() => d4.of(three)).toThrow('there is no stage 4');
  });

  test('beside networks of more stages have their order, and null for a stage that is not there', () => {
    const three = { ...architecture, depths: [1, 2, 3] };
    expect(Object.entries(structureParametersOf(three, 4)).slice(0, 5)).toEqual([
      ['d1', 1],
      ['d2', 2],
      ['d3', 3],
      ['d4', null],
      ['w1', 8],
    ]);
  });

  test('each have a title, a unit and a description', () => {
    for (const { title, unit, description } of structureParametersFor(5))
      expect([title, unit, description]).not.toContain('');
  });
});
