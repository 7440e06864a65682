import type { Layer } from '../../lib/design-space/layers.ts';

/** What a machine does at most. */
export interface Peak {
  /** Of float32, in products of large matrices. */
  flopsPerSecond: number;
  /** To and from memory, in operations that do nothing else. */
  bytesPerSecond: number;
}

/** What a training step in float32 must do at the least. */
export interface LeastWork {
  /** Of convolutions: forward, and both gradients; none for the images. An addition and a multiplication are two. */
  flops: number;
  /**
   * To and from memory, if batch norms, ReLUs and additions cost no pass of their own: the output of each convolution is written, read
   * by what follows, and read once more for gradients; its gradient is written and read.
   */
  bytes: number;
}

/** @param batch images of a step */
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

/** Seconds that a step takes at the least: products at their peak, and then what memory must move. */
export const leastSeconds = ({ flops, bytes }: LeastWork, { flopsPerSecond, bytesPerSecond }: Peak): number =>
  flops / flopsPerSecond + bytes / bytesPerSecond;
