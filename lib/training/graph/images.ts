import { intEndpoint as int, type Signature, type Tensor } from './graph-builder.ts';
import type { Ops } from './ops.ts';

/** Size of the network's input images: pixels on each side (`network`), and channels. */
export interface ImageSizes {
  network: number;
  channels: number;
}

/** The sampling of images: `SamplingRule` of ../sampling.ts. */
export interface GraphSampling {
  taps: 1 | 2;
  /** Whether pixels outside an image have zero weight. */
  zeroOutside: boolean;
}

/** A variable with any number of pixels, uint8 [pixels, channels], and the signature that loads them. */
export interface PixelBuffer {
  variable: Tensor;
  load: Signature;
}

/**
 * Adds a named buffer of pixels. It is loaded from a vector of int32, each holding four bytes, which contains only whole pixels
 * (`packedPixels`): all images of a dataset once, or the images of each batch.
 */
export function pixelBuffer(ops: Ops, name: string, channels: number): PixelBuffer {
  const variable = ops.builder.variable(name, 'uint8', [-1, channels]);
  const words = ops.fedInts(`${name}_words`);
  const bytes = ops.builder.node('Bitcast', [words], { T: { type: 'int32' }, type: { type: 'uint8' } });
  const assigned = ops.assign(variable, ops.reshape(bytes, [-1, channels], 'uint8'), 'uint8');
  const done = ops.done(`${name}_loaded`, [assigned]);
  return { variable, load: { inputs: { pixels: int(words, -1) }, outputs: { done: int(done) } } };
}

/** Images sampled from a buffer. */
export interface SampledImages {
  /** The inputs to feed: `Samples` of ../sampling.ts. */
  inputs: Signature['inputs'];
  /** float32 in [0, 255], [images, network, network, channels]. */
  pixels: Tensor;
  /** Sum of the weights of each pixel, [images, network, network, 1]; absent if they add up to 1. */
  coverage: Tensor | undefined;
}

/** Samples images from a buffer by rows, columns and weights, which are fed under a name. */
export function sampleImages(
  ops: Ops,
  { variable }: PixelBuffer,
  name: string,
  { network }: ImageSizes,
  { taps, zeroOutside }: GraphSampling,
): SampledImages {
  const fed = (what: string) => `${name}_${what}`;
  // int64, because TensorFlow adds int32 in host memory even if a GPU computes.
  const positions = (what: string) => ops.cast(ops.fedInts(fed(what)), 'int32', 'int64');
  const rows = perTap(ops, positions('rows'), taps, [-1, network, 1], 'int64');
  const columns = perTap(ops, positions('columns'), taps, [-1, 1, network], 'int64');
  const rowWeights = perTap(ops, ops.fedFloats(fed('row_weights'), [-1]), taps, [-1, network, 1, 1]);
  const columnWeights = perTap(ops, ops.fedFloats(fed('column_weights'), [-1]), taps, [-1, 1, network, 1]);
  const isWeighted = taps > 1 || zeroOutside;
  const pixel = (row: Tensor, column: Tensor) => {
    const index = ops.add(row, column, 'int64');
    const gathered = ops.builder.node('ResourceGather', [variable, index], {
      dtype: { type: 'uint8' },
      Tindices: { type: 'int64' },
      batch_dims: { int: 0 },
      validate_indices: { bool: true },
    });
    return ops.cast(gathered, 'uint8', 'float32');
  };
  const weighted = (value: Tensor, weight: Tensor) => (isWeighted ? ops.multiply(value, weight) : value);
  const sum = (terms: Tensor[]) => terms.reduce((total, term) => ops.add(total, term));
  const along = (row: Tensor) => sum(columns.map((column, tap) => weighted(pixel(row, column), columnWeights[tap]!)));
  return {
    inputs: Object.fromEntries(
      ['rows', 'columns', 'row_weights', 'column_weights'].map((what) => [fed(what), int(fed(what), -1)]),
    ),
    pixels: sum(rows.map((row, tap) => weighted(along(row), rowWeights[tap]!))),
    coverage: zeroOutside ? ops.multiply(sum(rowWeights), sum(columnWeights)) : undefined,
  };
}

/** Splits values fed for all taps, [taps, ...], into one tensor of the given shape for each tap. */
function perTap(
  ops: Ops,
  values: Tensor,
  taps: number,
  shape: readonly number[],
  type: 'float32' | 'int64' = 'float32',
): Tensor[] {
  if (taps === 1) return [ops.reshape(values, shape, type)];
  const byTap = ops.reshape(values, [taps, -1], type);
  return Array.from({ length: taps }, (_, tap) => ops.reshape(ops.slice(byTap, [tap, 0], [1, -1], type), shape, type));
}

/**
 * Normalizes sampled pixels: (pixel / 255 + lighting - mean) / std per channel, and 0 outside the image.
 * @param lighting [images, channels]; absent for none
 */
export function normalize(
  ops: Ops,
  { pixels, coverage }: Pick<SampledImages, 'pixels'> & Partial<SampledImages>,
  statistics: { mean: readonly number[]; std: readonly number[] },
  lighting?: Tensor,
): Tensor {
  const scale = ops.float(statistics.std.map((std) => 1 / (255 * std)));
  const mean = ops.float(statistics.mean.map((value, channel) => -value / statistics.std[channel]!));
  const inverseStd = ops.float(statistics.std.map((std) => 1 / std));
  const offset =
    lighting === undefined
      ? mean
      : ops.add(mean, ops.reshape(ops.multiply(lighting, inverseStd), [-1, 1, 1, statistics.std.length]));
  return ops.add(ops.multiply(pixels, scale), coverage === undefined ? offset : ops.multiply(offset, coverage));
}
