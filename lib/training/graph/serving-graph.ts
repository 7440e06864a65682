import type { Layer } from '../../design-space/layers.ts';
import type { NetworkState } from '../session.ts';
import { GraphBuilder, type Signature, type Tensor } from './graph-builder.ts';
import { normalize, type ImageSizes } from './images.ts';
import { forward } from './forward.ts';
import { Ops } from './ops.ts';
import { stateLayout } from './state-layout.ts';

export interface ServingGraphOptions {
  layers: readonly Layer[];
  state: NetworkState;
  sizes: ImageSizes;
  normalization: { mean: readonly number[]; std: readonly number[] };
  /** Short side in pixels to which images are resized before the center is cropped out. */
  shortSide: number;
  /** Epsilon of batch normalization. */
  epsilon: number;
}

/**
 * Builds a trained network for use elsewhere, with its weights inside the graph. `serving_default` takes uint8 `images` [batch, height,
 * width, channels] of any size, `serving_float` the same as float32 in [0, 255]; both return `probabilities` [batch, classes]. Images are
 * resized and cropped like test images.
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
  const shape = [-1, -1, -1, sizes.channels];
  const images = builder.placeholder('images', 'uint8', shape);
  const pixels = ops.identity(ops.cast(images, 'uint8', 'float32'), 'float32', 'float_images');
  const cropped = centralCrop(ops, pixels, options.shortSide, sizes.network);
  const seen = normalize(ops, { pixels: cropped }, options.normalization);
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

/** Crops the center of images like `centralCrop` of ../sampling.ts, computed from their shape. */
function centralCrop(ops: Ops, images: Tensor, shortSide: number, size: number): Tensor {
  const shape = ops.cast(ops.shape(images), 'int32', 'float32');
  const [, height, width] = ops.split(shape, [1, 1, 1, 1]) as [Tensor, Tensor, Tensor];
  const unary = (op: string, input: Tensor) => ops.builder.node(op, [input], { T: { type: 'float32' } });
  const shorter = ops.builder.node('Minimum', [height, width], { T: { type: 'float32' } });
  /** Size of an output pixel in source pixels, and the position of the first one. */
  const along = (length: Tensor): [step: Tensor, first: Tensor] => {
    // Float32 errors must not round whole numbers down.
    const exact = ops.add(ops.multiply(ops.divide(length, shorter), ops.float(shortSide)), ops.float(1e-3));
    const resized = unary('Floor', exact);
    const margin = unary('Ceil', ops.multiply(ops.subtract(resized, ops.float(size)), ops.float(0.5)));
    const step = ops.divide(length, resized);
    // The center of the first pixel, half a pixel from its edge: (margin + 1/2) step - 1/2.
    return [step, ops.subtract(ops.multiply(ops.add(margin, ops.float(0.5)), step), ops.float(0.5))];
  };
  const [[yStep, y], [xStep, x]] = [along(height), along(width)];
  const zero = ops.float([0]);
  const transform = ops.reshape(ops.concat([xStep, zero, x, zero, yStep, y, zero, zero]), [1, 8]);
  return ops.builder.node('ImageProjectiveTransformV3', [images, transform, ops.ints([size, size]), ops.float(0)], {
    dtype: { type: 'float32' },
    interpolation: { string: 'BILINEAR' },
    fill_mode: { string: 'NEAREST' },
  });
}
