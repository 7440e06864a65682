import { describe, expect, test } from 'vitest';
import golden from './golden/complexity.json' with { type: 'json' };
import pyclsModels from './golden/pycls-models.json' with { type: 'json' };
import { architectureSchema } from '../../../lib/design-space/architecture.ts';
import { architectureComplexity, complexityOf } from '../../../lib/design-space/complexity.ts';
import { layersOf } from '../../../lib/design-space/layers.ts';
import { parsePopulation } from '../../../lib/design-space/population-file.ts';
import { randomNetworks } from './random-architectures.ts';

describe('the complexity of a network', () => {
  test.each(golden.map(({ architecture, complexity }, index) => ({ index, architecture, complexity })))(
    "is pycls', golden case $index",
    ({ architecture: { imageSize, classes, ...architecture }, complexity }) => {
      const layers = layersOf(architectureSchema.parse(architecture), { imageSize, classes, channels: 3 });
      expect(complexityOf(layers)).toEqual(complexity);
    },
  );

  test.each(Object.entries(pyclsModels))("is what pycls' model zoo states for %s", (name, { config, complexity }) => {
    const [entry] = parsePopulation(JSON.stringify(config), name);
    const network = { imageSize: 224, classes: 1000, ...entry!.network, channels: 3 };
    expect(complexityOf(layersOf(entry!.architecture, network))).toEqual(complexity);
  });

  test('is the same when equal blocks are counted at once', () => {
    for (const { architecture, network } of randomNetworks(300, 1))
      expect(architectureComplexity(architecture, network)).toEqual(complexityOf(layersOf(architecture, network)));
  });

  test('counts grey images, of one channel, in the stem alone', () => {
    const { architecture } = randomNetworks(1, 2)[0]!;
    const of = (channels: number) => architectureComplexity(architecture, { imageSize: 28, channels, classes: 10 });
    expect(of(3).params - of(1).params).toBe(2 * 9 * architecture.stemWidth);
    expect(of(3).acts).toBe(of(1).acts);
  });
});
