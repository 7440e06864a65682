import type { GraphSampling } from './graph/images.ts';
import type { RunningProtocol } from './protocol.ts';
import type { DatasetDescription } from './session.ts';
import { centralCrop, sampleCrops, type ImageExtents, type Samples, type SamplingRule } from './sampling.ts';

/** The framing of training images for the network, apart from random choices: their size, and how crops are sampled. */
export interface TrainingFraming {
  /** Side of the network's input in pixels. */
  size: number;
  rule: SamplingRule;
}

/** The framing of test images for the network. */
export interface TestFraming extends TrainingFraming {
  /** Short side in pixels to which images are resized. */
  shortSide: number;
}

type FramingProtocol = Pick<RunningProtocol, 'imageSize' | 'testShortSide'>;

export function trainingFraming(
  { imageSize, fit }: Pick<DatasetDescription, 'imageSize' | 'fit'>,
  protocol: FramingProtocol & Pick<RunningProtocol, 'augmentation'>,
): TrainingFraming {
  const size = protocol.imageSize ?? imageSize;
  switch (protocol.augmentation.crop.kind) {
    case 'pad':
      return { size, rule: { taps: 1, edge: 'zero' } };
    case 'random-sized':
      return { size, rule: { taps: 2, edge: 'crop' } };
    case 'none':
      return { size, rule: { taps: fit === 'square' && size === imageSize ? 1 : 2, edge: 'image' } };
  }
}

export function testFraming(
  { imageSize, fit }: Pick<DatasetDescription, 'imageSize' | 'fit'>,
  protocol: FramingProtocol,
): TestFraming {
  const size = protocol.imageSize ?? imageSize;
  const shortSide = protocol.testShortSide ?? size;
  return { size, shortSide, rule: { taps: fit === 'square' && shortSide === imageSize ? 1 : 2, edge: 'image' } };
}

/** Returns the parts of a rule that a graph needs. */
export const samplingOf = ({ taps, edge }: SamplingRule): GraphSampling => ({ taps, zeroOutside: edge === 'zero' });

/** Returns the samples of test images. */
export function sampleForTest(extents: ImageExtents, { size, shortSide, rule }: TestFraming): Samples {
  const count = extents.starts.length;
  const crops = new Float64Array(4 * count);
  for (let image = 0; image < count; image++)
    crops.set(centralCrop(extents.heights[image]!, extents.widths[image]!, shortSide, size), 4 * image);
  return sampleCrops(extents, crops, new Uint8Array(count), size, rule);
}
