import type { Architecture, NetworkInput } from './architecture.ts';
import { countedLayersOf, type CountedLayer, type Layer } from './layers.ts';

/** The cost of a network for one image, counted as in pycls (`pycls/models/blocks.py`). */
export interface Complexity {
  /** Multiply-adds of convolutions and of the linear layer with its bias. */
  flops: number;
  /** Weights, biases, and the scale and offset of each batch-norm channel. */
  params: number;
  /** Output elements of convolutions and of the linear layer. */
  acts: number;
}

export const complexityMeasures = ['flops', 'params', 'acts'] as const;
export type ComplexityMeasure = (typeof complexityMeasures)[number];

/** Computes the complexity of a list of layers. */
export function complexityOf(layers: readonly Layer[]): Complexity {
  return total(layers.map((layer) => ({ layer, times: 1 })));
}

/** Computes the complexity of a network, the sum over all its layers, in time that does not grow with depth. */
export function architectureComplexity(architecture: Architecture, network: NetworkInput): Complexity {
  return total(countedLayersOf(architecture, network));
}

function total(layers: readonly CountedLayer[]): Complexity {
  const sum = { flops: 0, params: 0, acts: 0 };
  for (const { layer, times } of layers) {
    const { flops, params, acts } = layerComplexity(layer);
    sum.flops += times * flops;
    sum.params += times * params;
    sum.acts += times * acts;
  }
  return sum;
}

const free: Complexity = { flops: 0, params: 0, acts: 0 };

/** Computes the complexity of one layer; zero for layers that pycls does not count. */
function layerComplexity(layer: Layer): Complexity {
  switch (layer.kind) {
    case 'convolution': {
      const weights = (layer.kernelSize ** 2 * layer.widthIn * layer.width) / layer.groups;
      const positions = layer.size ** 2;
      return { flops: weights * positions, params: weights, acts: layer.width * positions };
    }
    case 'linear': {
      const weights = layer.widthIn * layer.width + layer.width;
      return { flops: weights, params: weights, acts: layer.width };
    }
    case 'batchNorm':
      return { flops: 0, params: 2 * layer.width, acts: 0 };
    case 'input':
    case 'relu':
    case 'add':
    case 'globalAveragePool':
      return free;
  }
}
