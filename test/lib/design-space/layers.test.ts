import { describe, expect, test } from 'vitest';
import { architectureSchema, type Architecture } from '../../../lib/design-space/architecture.ts';
import { countedLayersOf, layersOf, type Layer } from '../../../lib/design-space/layers.ts';
import { randomNetworks } from './random-architectures.ts';

const network = { imageSize: 15, channels: 1, classes: 7 };
const architecture = (changes: Partial<Architecture> = {}): Architecture =>
  architectureSchema.parse({
    stem: 'res_stem_cifar',
    stemWidth: 8,
    depths: [2],
    widths: [16],
    strides: [2],
    bottleneckRatios: [2],
    groupWidths: [4],
    ...changes,
  });
const simple = { bottleneckRatios: [1], groupWidths: [1] };
const names = (layers: readonly Layer[]) => layers.map(({ name }) => name).join(' ');
const find = (layers: readonly Layer[], name: string) => layers.find((layer) => layer.name === name);

describe('the layers of a network', () => {
  test("have pycls' names in bottleneck blocks, with a projection in the first alone", () => {
    expect(names(layersOf(architecture(), network))).toBe(
      'images stem.conv stem.bn stem.relu ' +
        's1.b1.proj s1.b1.bn s1.b1.f.a s1.b1.f.a_bn s1.b1.f.a_relu s1.b1.f.b s1.b1.f.b_bn s1.b1.f.b_relu s1.b1.f.c s1.b1.f.c_bn s1.b1.add s1.b1.relu ' +
        's1.b2.f.a s1.b2.f.a_bn s1.b2.f.a_relu s1.b2.f.b s1.b2.f.b_bn s1.b2.f.b_relu s1.b2.f.c s1.b2.f.c_bn s1.b2.add s1.b2.relu ' +
        'head.avg_pool head.fc',
    );
  });

  test("have pycls' names in basic and vanilla blocks", () => {
    expect(names(layersOf(architecture({ blockType: 'res_basic_block', depths: [1], ...simple }), network))).toContain(
      's1.b1.proj s1.b1.bn s1.b1.f.a s1.b1.f.a_bn s1.b1.f.a_relu s1.b1.f.b s1.b1.f.b_bn s1.b1.add s1.b1.relu head',
    );
    expect(names(layersOf(architecture({ blockType: 'vanilla_block', depths: [1], ...simple }), network))).toContain(
      'stem.relu s1.b1.a s1.b1.a_bn s1.b1.a_relu s1.b1.b s1.b1.b_bn s1.b1.b_relu head',
    );
  });

  test('stride in the 3x3 convolution of a bottleneck and in its projection', () => {
    const layers = layersOf(architecture(), network);
    expect(find(layers, 's1.b1.f.a')).toMatchObject({ kernelSize: 1, stride: 1, size: 15, widthIn: 8, width: 8 });
    expect(find(layers, 's1.b1.f.b')).toMatchObject({ kernelSize: 3, stride: 2, size: 8, groups: 2 });
    expect(find(layers, 's1.b1.proj')).toMatchObject({ kernelSize: 1, stride: 2, size: 8, widthIn: 8, width: 16 });
    expect(find(layers, 's1.b1.add')).toMatchObject({ inputs: ['s1.b1.bn', 's1.b1.f.c_bn'], size: 8, width: 16 });
    expect(find(layers, 's1.b2.add')).toMatchObject({ inputs: ['s1.b1.relu', 's1.b2.f.c_bn'] });
  });

  test('have no projection if neither width nor resolution changes', () => {
    expect(names(layersOf(architecture({ widths: [8], strides: [1] }), network))).not.toContain('proj');
  });

  test('halve the resolution in the stem of ImageNet networks', () => {
    expect(find(layersOf(architecture({ stem: 'simple_stem_in' }), network), 'stem.conv')).toMatchObject({ size: 8 });
  });

  test('read only layers before them, of the width and size that these have', () => {
    for (const { architecture, network } of randomNetworks(100, 3)) {
      const before = new Map<string, Layer>();
      for (const layer of layersOf(architecture, network)) {
        const inputs = layer.kind === 'input' ? [] : layer.kind === 'add' ? layer.inputs : [layer.input];
        for (const input of inputs) {
          expect(before.has(input)).toBe(true);
          if ('widthIn' in layer) expect(before.get(input)!.width).toBe(layer.widthIn);
          else expect(before.get(input)!.width).toBe(layer.width);
          if (layer.kind === 'add') expect(before.get(input)).toHaveProperty('size', layer.size);
        }
        expect(before.has(layer.name)).toBe(false);
        before.set(layer.name, layer);
      }
    }
  });

  test('are as many if equal blocks are given once', () => {
    for (const { architecture, network } of randomNetworks(100, 4)) {
      const counted = countedLayersOf(architecture, network);
      expect(counted.reduce((sum, { times }) => sum + times, 0)).toBe(layersOf(architecture, network).length);
    }
  });
});
