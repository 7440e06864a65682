import type { Architecture, NetworkInput } from './architecture.ts';
import { blocks, type BlockShape } from './blocks.ts';
import { LayerList, type Layer } from './layer-list.ts';
import { stems } from './stems.ts';

export type { Layer } from './layer-list.ts';

/** A layer and its number of occurrences in the network: layers of repeated equal blocks may be listed once. */
export interface CountedLayer {
  layer: Layer;
  times: number;
}

/**
 * Returns the layers of a network in execution order: the single source for its graph, its complexity and its drawing. Names, order and
 * shapes match AnyNet in pycls.
 */
export function layersOf(architecture: Architecture, network: NetworkInput): Layer[] {
  return expand(architecture, network, Infinity).map(({ layer }) => layer);
}

/**
 * Returns the same layers, but with a stage's second block standing for all later ones, which are equal to it: anything that depends only
 * on a layer's kind and shape can be counted in time that does not grow with depth.
 */
export function countedLayersOf(architecture: Architecture, network: NetworkInput): CountedLayer[] {
  return expand(architecture, network, 2);
}

/** Lists at most `blocksPerStage` blocks of each stage; the last of them represents the rest. */
function expand(architecture: Architecture, network: NetworkInput, blocksPerStage: number): CountedLayer[] {
  const list = new LayerList();
  const counted: CountedLayer[] = [];
  const count = (times: number) => {
    for (const layer of list.layers.slice(counted.length)) counted.push({ layer, times });
  };
  let output = list.append({ kind: 'input', name: 'images', width: network.channels, size: network.imageSize });
  output = list.convolution('stem.conv', output, architecture.stemWidth, 3, stems[architecture.stem].stride);
  output = list.relu('stem.relu', list.batchNorm('stem.bn', output));
  count(1);
  const { append } = blocks[architecture.blockType];
  architecture.depths.forEach((depth, stage) => {
    const listed = Math.min(depth, blocksPerStage);
    for (let block = 0; block < listed; block++) {
      output = append(list, `s${stage + 1}.b${block + 1}`, output, blockShape(architecture, stage, block));
      count(block === listed - 1 ? depth - block : 1);
    }
  });
  const { width } = list.output(output);
  output = list.append({ kind: 'globalAveragePool', name: 'head.avg_pool', input: output, width });
  list.append({ kind: 'linear', name: 'head.fc', input: output, widthIn: width, width: network.classes });
  count(1);
  return counted;
}

function blockShape(architecture: Architecture, stage: number, block: number): BlockShape {
  const width = architecture.widths[stage]!;
  const bottleneckWidth = width / architecture.bottleneckRatios[stage]!;
  return {
    width,
    bottleneckWidth,
    groups: bottleneckWidth / architecture.groupWidths[stage]!,
    stride: block === 0 ? architecture.strides[stage]! : 1,
  };
}
