import type { Tensor } from './graph-builder.ts';
import type { Ops } from './ops.ts';

/** How prepared images become what the network sees. */
export interface ImageSizes {
  /** Pixels: side of the prepared images. */
  prepared: number;
  /** Pixels: side of what the network sees. */
  network: number;
  channels: number;
}

/** uint8 pixels [images, prepared, prepared, channels] from a vector of int32 that holds four of them each. */
export function unpackPixels(ops: Ops, packed: Tensor, images: number, { prepared, channels }: ImageSizes): Tensor {
  const bytes = ops.builder.node('Bitcast', [packed], { T: { type: 'int32' }, type: { type: 'uint8' } });
  const imageBytes = prepared * prepared * channels;
  const rows = ops.reshape(bytes, [-1], 'uint8');
  if (imageBytes % 4 === 0) return ops.reshape(rows, [images, prepared, prepared, channels], 'uint8');
  // The last int32 may hold up to three bytes of padding: they are cut off once the number of images is known.
  const count = ops.builder.node('FloorDiv', [ops.shape(rows, 'uint8'), ops.ints([imageBytes])], {
    T: { type: 'int32' },
  });
  const used = ops.multiply(count, ops.ints([imageBytes]), 'int32');
  // `Slice` has no kernel for bytes on a GPU.
  const cut = ops.builder.node('StridedSlice', [rows, ops.ints([0]), used, ops.ints([1])], {
    T: { type: 'uint8' },
    Index: { type: 'int32' },
  });
  return ops.reshape(cut, [images, prepared, prepared, channels], 'uint8');
}

/**
 * float32 pixels in [0, 255] to normalized ones: (pixel / 255 + lighting - mean) / std per channel; `lighting` is [batch, channels] or
 * absent.
 */
export function normalize(
  ops: Ops,
  pixels: Tensor,
  { channels }: ImageSizes,
  statistics: { mean: readonly number[]; std: readonly number[] },
  lighting?: Tensor,
): Tensor {
  const scale = ops.float(statistics.std.map((std) => 1 / (255 * std)));
  const offset = ops.float(statistics.mean.map((mean, channel) => -mean / statistics.std[channel]!));
  const scaled = ops.add(ops.multiply(pixels, scale), offset);
  if (lighting === undefined) return scaled;
  const inverseStd = ops.float(statistics.std.map((std) => 1 / std));
  return ops.add(scaled, ops.reshape(ops.multiply(lighting, inverseStd), [-1, 1, 1, channels]));
}

/**
 * Resamples float32 images bilinearly: output pixel (x, y) is read at (t0 x + t1 y + t2, t3 x + t4 y + t5) of the input, for
 * `transforms` of [batch, 8] (or [1, 8] for all images). Past the edge the input is repeated, or 0 where `zeroOutside`. Half a
 * pixel past the edge of a crop that is enlarged lie the pixels of its image, where pycls, which cuts first, repeats the crop's.
 */
export function resample(
  ops: Ops,
  images: Tensor,
  transforms: Tensor,
  { network }: ImageSizes,
  { zeroOutside }: { zeroOutside: boolean },
): Tensor {
  return ops.builder.node(
    'ImageProjectiveTransformV3',
    [images, transforms, ops.ints([network, network]), ops.float(0)],
    {
      dtype: { type: 'float32' },
      interpolation: { string: 'BILINEAR' },
      fill_mode: { string: zeroOutside ? 'CONSTANT' : 'NEAREST' },
    },
  );
}
