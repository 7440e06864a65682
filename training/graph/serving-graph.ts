import type { Layer } from '../../design-space/layers.ts';
import type { NetworkState } from '../session.ts';
import { GraphBuilder, type Signature } from './graph-builder.ts';
import { normalize, resample, type ImageSizes } from './images.ts';
import { forward } from './forward.ts';
import { Ops } from './ops.ts';
import { stateLayout } from './state-layout.ts';

export interface ServingGraphOptions {
  layers: readonly Layer[];
  state: NetworkState;
  sizes: ImageSizes;
  normalization: { mean: readonly number[]; std: readonly number[] };
  /** [1, 8]: how the network sees a test image. */
  testTransform: Float32Array;
  /** Of batch normalization. */
  epsilon: number;
}

/**
 * A trained network for use elsewhere, its weights inside the graph. `serving_default` takes uint8 `images` [batch, size, size,
 * channels] of the prepared size, `serving_float` the same as float32 in [0, 255]; both give `probabilities` [batch, classes].
 */
export function servingGraph(options: ServingGraphOptions): {
  builder: GraphBuilder;
  signatures: Record<string, Signature>;
} {
  const { layers, state, sizes } = options;
  const builder = new GraphBuilder();
  const ops = new Ops(builder);
  const layout = stateLayout(layers);
  const shapes = new Map(
    [...layout.convolutions, ...layout.others, ...layout.statistics].map(({ name, shape }) => [name, shape]),
  );
  const value = (name: string) =>
    builder.data('float32', state.get(name) as Float32Array, shapes.get(name) as readonly number[]);
  const shape = [-1, sizes.prepared, sizes.prepared, sizes.channels];
  const images = builder.placeholder('images', 'uint8', shape);
  const pixels = ops.identity(ops.cast(images, 'uint8', 'float32'), 'float32', 'float_images');
  const normalized = normalize(ops, pixels, sizes, options.normalization);
  const seen = resample(ops, normalized, ops.float([...options.testTransform], [1, 8]), sizes, { zeroOutside: false });
  const { logits } = forward(ops, layers, seen, {
    type: 'float32',
    epsilon: options.epsilon,
    parameter: value,
    statistic: value,
  });
  const classes = (layers.at(-1) as Layer).width;
  const probabilities = builder.node('Softmax', [logits], { T: { type: 'float32' } }, 'probabilities');
  const outputs: Signature['outputs'] = {
    probabilities: { tensor: probabilities, type: 'float32', shape: [-1, classes] },
  };
  return {
    builder,
    signatures: {
      serving_default: { inputs: { images: { tensor: images, type: 'uint8', shape } }, outputs },
      serving_float: { inputs: { images: { tensor: pixels, type: 'float32', shape } }, outputs },
    },
  };
}
