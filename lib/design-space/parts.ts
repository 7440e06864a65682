import type { Architecture, NetworkInput } from './architecture.ts';
import { blocks } from './blocks.ts';
import { complexityOf, type Complexity } from './complexity.ts';
import { layersOf, type Layer } from './layers.ts';
import { stems } from './stems.ts';

/** A part of a network for display: its stem, one stage, or its head. */
export interface NetworkPart {
  /** `stem`, `s1`, `s2`, ..., `head`: the prefix of its layers' names. */
  name: string;
  /** Description, e.g. `3 x bottleneck block, ratio 4, groups of 8, stride 2`. */
  description: string;
  /** Blocks of a stage; 1 for stem and head. */
  blocks: number;
  input: Shape;
  output: Shape;
  complexity: Complexity;
  layers: Layer[];
}

/** Shape for one image: `size` x `size` x `width`. */
export interface Shape {
  size: number;
  width: number;
}

/** Returns the parts of a network in order; their complexities add up to the network's. */
export function partsOf(architecture: Architecture, network: NetworkInput): NetworkPart[] {
  const byName = new Map<string, Layer[]>();
  for (const layer of layersOf(architecture, network).slice(1)) {
    const name = layer.name.slice(0, layer.name.indexOf('.'));
    const known = byName.get(name);
    if (known === undefined) byName.set(name, [layer]);
    else known.push(layer);
  }
  let input: Shape = { size: network.imageSize, width: network.channels };
  return [...byName].map(([name, layers]) => {
    const last = layers.at(-1) as Layer;
    const part = {
      name,
      description: describePart(architecture, name),
      blocks: architecture.depths[stageOf(name)] ?? 1,
      input,
      output: { size: 'size' in last ? last.size : 1, width: last.width },
      complexity: complexityOf(layers),
      layers,
    };
    input = part.output;
    return part;
  });
}

function describePart(architecture: Architecture, name: string): string {
  if (name === 'stem') return `3x3 convolution, stride ${stems[architecture.stem].stride}`;
  if (name === 'head') return 'global average pooling, linear layer';
  const stage = stageOf(name);
  const of = (values: readonly number[]) => values[stage]!;
  const { title, hasBottleneck } = blocks[architecture.blockType];
  const bottleneck = hasBottleneck
    ? `, ratio ${of(architecture.bottleneckRatios)}, groups of ${of(architecture.groupWidths)}`
    : '';
  return `${of(architecture.depths)} x ${title}${bottleneck}, stride ${of(architecture.strides)}`;
}

/** Returns the position of a stage, given the name of its part; NaN for stem and head. */
const stageOf = (name: string) => Number(name.slice(1)) - 1;
