import { describe, expect, test } from 'vitest';
import { architectureComplexity, complexityMeasures } from '../../../lib/design-space/complexity.ts';
import { partsOf } from '../../../lib/design-space/parts.ts';
import { randomNetworks } from './random-architectures.ts';

describe('the parts of a network', () => {
  test('cost together what the network costs', () => {
    for (const { architecture, network } of randomNetworks(50, 5)) {
      const parts = partsOf(architecture, network);
      for (const measure of complexityMeasures)
        expect(parts.reduce((sum, { complexity }) => sum + complexity[measure], 0)).toBe(
          architectureComplexity(architecture, network)[measure],
        );
    }
  });

  test('are stem, stages and head, each reading what the one before gives', () => {
    for (const { architecture, network } of randomNetworks(50, 6)) {
      const parts = partsOf(architecture, network);
      const stages = architecture.depths.map((_, stage) => `s${stage + 1}`);
      expect(parts.map(({ name }) => name)).toEqual(['stem', ...stages, 'head']);
      parts.slice(1).forEach(({ input }, index) => expect(input).toEqual(parts[index]!.output));
      expect(parts.at(-1)!.output).toEqual({ size: 1, width: network.classes });
      expect(parts.map(({ blocks }) => blocks)).toEqual([1, ...architecture.depths, 1]);
    }
  });

  test('are described in words', () => {
    const architecture = {
      stem: 'res_stem_cifar' as const,
      stemWidth: 8,
      blockType: 'res_bottleneck_block' as const,
      depths: [3],
      widths: [32],
      strides: [2],
      bottleneckRatios: [4],
      groupWidths: [8],
    };
    const words = partsOf(architecture, { imageSize: 28, channels: 1, classes: 10 }).map(
      ({ description }) => description,
    );
    expect(words).toEqual([
      '3x3 convolution, stride 1',
      '3 x bottleneck block, ratio 4, groups of 8, stride 2',
      'global average pooling, linear layer',
    ]);
  });
});
