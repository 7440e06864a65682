import type { Architecture, NetworkInput } from '../../../lib/design-space/architecture.ts';
import { blockNames } from '../../../lib/design-space/blocks.ts';
import { stemNames } from '../../../lib/design-space/stems.ts';
import { stream } from '../../../lib/core/random.ts';

/** Architectures of every block type and stem with one to five stages, and images and classes for each. */
export function randomNetworks(count: number, seed: number): { architecture: Architecture; network: NetworkInput }[] {
  const random = stream(seed, 'random architectures');
  const pick = <T>(items: readonly T[]) => items[random.integer(items.length)]!;
  return Array.from({ length: count }, () => {
    const stages = Array.from({ length: 1 + random.integer(5) }, () => {
      const ratio = pick([1, 2, 3, 4]);
      const groupWidth = pick([1, 2, 5, 8]);
      return {
        depth: 1 + random.integer(6),
        ratio,
        groupWidth,
        width: ratio * groupWidth * (1 + random.integer(6)),
        stride: 1 + random.integer(3),
      };
    });
    const blockType = pick(blockNames);
    const bottleneck = blockType === 'res_bottleneck_block';
    return {
      architecture: {
        stem: pick(stemNames),
        stemWidth: pick([3, 8, 24]),
        blockType,
        depths: stages.map(({ depth }) => depth),
        widths: stages.map(({ width }) => width),
        strides: stages.map(({ stride }) => stride),
        bottleneckRatios: stages.map(({ ratio }) => (bottleneck ? ratio : 1)),
        groupWidths: stages.map(({ groupWidth }) => (bottleneck ? groupWidth : 1)),
      },
      network: { imageSize: 1 + random.integer(65), channels: 1 + random.integer(4), classes: 2 + random.integer(99) },
    };
  });
}
