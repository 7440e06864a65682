import type { GraphSampling } from './graph/images.ts';
import type { RunningProtocol } from './protocol.ts';
import type { DatasetDescription } from './session.ts';
import { centralCrop, sampleCrops, type ImagePlaces, type Samples, type SamplingRule } from './sampling.ts';

/** How a network sees the images that it is trained on, but for what is drawn: their size, and how crops are sampled. */
export interface TrainingView {
  /** Pixels: side of what the network sees. */
  size: number;
  rule: SamplingRule;
}

/** How a network sees the images that it is tested on. */
export interface TestView extends TrainingView {
  /** To which short side images are resized. */
  shortSide: number;
}

type ViewProtocol = Pick<RunningProtocol, 'imageSize' | 'testShortSide'>;

export function trainingView(
  { imageSize, fit }: Pick<DatasetDescription, 'imageSize' | 'fit'>,
  protocol: ViewProtocol & Pick<RunningProtocol, 'augmentation'>,
): TrainingView {
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

export function testView(
  { imageSize, fit }: Pick<DatasetDescription, 'imageSize' | 'fit'>,
  protocol: ViewProtocol,
): TestView {
  const size = protocol.imageSize ?? imageSize;
  const shortSide = protocol.testShortSide ?? size;
  return { size, shortSide, rule: { taps: fit === 'square' && shortSide === imageSize ? 1 : 2, edge: 'image' } };
}

/** What a graph must know of a rule. */
export const samplingOf = ({ taps, edge }: SamplingRule): GraphSampling => ({ taps, zeroOutside: edge === 'zero' });

/** The samples of images as they are tested on. */
export function sampleForTest(places: ImagePlaces, { size, shortSide, rule }: TestView): Samples {
  const count = places.starts.length;
  const crops = new Float64Array(4 * count);
  for (let image = 0; image < count; image++)
    crops.set(centralCrop(places.heights[image]!, places.widths[image]!, shortSide, size), 4 * image);
  return sampleCrops(places, crops, new Uint8Array(count), size, rule);
}
