import type { Layer } from '../../lib/design-space/layers.ts';

/** Peak rates of a machine. */
export interface Peak {
  /** Float32 operations per second in products of large matrices. */
  flopsPerSecond: number;
  /** Bytes per second to and from memory, in operations that do nothing else. */
  bytesPerSecond: number;
}

/** The least work that a training step in float32 must do. */
export interface LeastWork {
  /**
   * Operations of convolutions, forward and both gradients, except for the gradient of the images. An addition and a multiplication count
   * as two.
   */
  flops: number;
  /**
   * Bytes to and from memory if batch norms, ReLUs and additions need no separate pass: the output of each convolution is written, read by
   * the next layer, and read once more for gradients; its gradient is written and read.
   */
  bytes: number;
}

/** @param batch images per step */
export function leastWork(layers: readonly Layer[], batch: number): LeastWork {
  let flops = 0;
  let bytes = 0;
  for (const layer of layers) {
    if (layer.kind !== 'convolution') continue;
    const { kernelSize, size, width, widthIn, groups, input } = layer;
    const outputs = batch * size ** 2 * width;
    const passes = input === layers[0]?.name ? 2 : 3;
    flops += 2 * passes * outputs * kernelSize ** 2 * (widthIn / groups);
    bytes += 5 * 4 * outputs;
  }
  return { flops, bytes };
}

/** Returns the least seconds that a step can take: products at their peak rate, and then memory traffic. */
export const leastSeconds = ({ flops, bytes }: LeastWork, { flopsPerSecond, bytesPerSecond }: Peak): number =>
  flops / flopsPerSecond + bytes / bytesPerSecond;
