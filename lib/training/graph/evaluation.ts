import type { Layer } from '../../design-space/layers.ts';
import { forward, type Pass } from './forward.ts';
import { floatEndpoint as float, intEndpoint as int, type Signature } from './graph-builder.ts';
import { normalize, pixelBuffer, sampleImages, type GraphSampling, type ImageSizes } from './images.ts';
import { evaluationSums } from './loss.ts';
import type { Ops } from './ops.ts';

/** Options for evaluating a network. */
export interface EvaluationOptions {
  layers: readonly Layer[];
  sizes: ImageSizes;
  classes: number;
  normalization: { mean: readonly number[]; std: readonly number[] };
  /** How test images are sampled. */
  testSampling: GraphSampling;
}

/**
 * Builds the signatures that evaluate a network with its running statistics: `loadTest` puts the pixels of a batch into TensorFlow,
 * `evaluate` samples images from them and evaluates those, `evaluateNormalized` evaluates images that are already normalized.
 * @param pass the inference pass
 */
export function evaluationSignatures(
  ops: Ops,
  { layers, sizes, classes, normalization, testSampling }: EvaluationOptions,
  labels: string,
  pass: Pass,
): Record<'loadTest' | 'evaluate' | 'evaluateNormalized', Signature> {
  const buffer = pixelBuffer(ops, 'test_pixels', sizes.channels);
  const sampled = sampleImages(ops, buffer, 'test', sizes, testSampling);
  const images = ops.identity(normalize(ops, sampled, normalization), 'float32', 'test_images');
  const { logits } = forward(ops, layers, ops.cast(images, 'float32', pass.type), pass);
  const sums = ops.identity(evaluationSums(ops, logits, labels, classes), 'float32', 'evaluation_sums');
  const fetchedLogits = float(ops.identity(logits, 'float32', 'test_logits'), -1, classes);
  return {
    loadTest: buffer.load,
    evaluate: {
      inputs: { ...sampled.inputs, labels: int(labels, -1) },
      outputs: { sums: float(sums, 3), logits: fetchedLogits },
    },
    evaluateNormalized: {
      inputs: { test_images: float(images, -1, sizes.network, sizes.network, sizes.channels) },
      outputs: { logits: fetchedLogits },
    },
  };
}
