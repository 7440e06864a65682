import type { Layer } from '../../design-space/layers.ts';
import { forward, type Pass } from './forward.ts';
import { floatEndpoint as float, intEndpoint as int, type Signature } from './graph-builder.ts';
import { normalize, resample, unpackPixels, type ImageSizes } from './images.ts';
import { evaluationSums } from './loss.ts';
import type { Ops } from './ops.ts';

/** What a network is tested by. */
export interface TestOptions {
  layers: readonly Layer[];
  sizes: ImageSizes;
  classes: number;
  normalization: { mean: readonly number[]; std: readonly number[] };
}

/**
 * Signatures that test a network by its running statistics: `evaluate` the pixels of a batch at the test-time size,
 * `evaluateNormalized` images that are normalized already.
 * @param pass of inference
 */
export function testSignatures(
  ops: Ops,
  { layers, sizes, classes, normalization }: TestOptions,
  labels: string,
  pass: Pass,
): Record<'evaluate' | 'evaluateNormalized', Signature> {
  const pixels = unpackPixels(ops, ops.fedInts('test_pixels'), -1, sizes);
  const transform = ops.fedFloats('test_transform', [1, 8]);
  const normalized = normalize(ops, ops.cast(pixels, 'uint8', 'float32'), sizes, normalization);
  const seen = resample(ops, normalized, transform, sizes, { zeroOutside: false });
  const images = ops.identity(seen, 'float32', 'test_images');
  const { logits } = forward(ops, layers, ops.cast(images, 'float32', pass.type), pass);
  const sums = ops.identity(evaluationSums(ops, logits, labels, classes), 'float32', 'evaluation_sums');
  return {
    evaluate: {
      inputs: {
        test_pixels: int('test_pixels', -1),
        test_transform: int('test_transform', 8),
        labels: int(labels, -1),
      },
      outputs: { sums: float(sums, 3) },
    },
    evaluateNormalized: {
      inputs: { test_images: float(images, -1, sizes.network, sizes.network, sizes.channels) },
      outputs: { logits: float(ops.identity(logits, 'float32', 'test_logits'), -1, classes) },
    },
  };
}
