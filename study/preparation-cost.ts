import type { DatasetFacts, DatasetSelection } from '../datasets/selection.ts';

/** What it takes to prepare the images that some selections share. */
export interface PreparationCost {
  dataset: string;
  imageSize: number;
  fit: DatasetSelection['fit'];
  /** Of the whole dataset, from which everything is selected. */
  images: number;
  bytes: number;
  /** Hours on `preparationCores` cores. */
  hours: number;
  /** Seconds to read its training images once at `readBytesPerSecond`. */
  epochSeconds: number;
}

/** Cores that preparation is reckoned for. */
export const preparationCores = 16;

/**
 * Photos (JPEG of 500 x 375 pixels) that a core decodes, fits and hashes in a second, and bytes of small images that need no
 * decoding: rounded down from `npm run bench -- datasets` on cores of 2024.
 */
const photosPerSecond = 150;
const smallBytesPerSecond = 80e6;
/** Pixels: images of this side or less come as pixels. */
const smallSide = 64;

/** Of an NVMe disk: what those of common cloud machines sustain. */
export const readBytesPerSecond = 3e9;

/** Width by height of a photo that is prepared whole. */
const photoAspect = 4 / 3;

/** Bytes of an image as it is prepared; of a whole one at most, as smaller ones are left as they are. */
export function preparedImageBytes(
  { imageSize, fit }: Pick<PreparationCost, 'imageSize' | 'fit'>,
  channels: number,
): number {
  return imageSize ** 2 * channels * (fit === 'square' ? 1 : photoAspect);
}

/** What preparation costs, each dataset once in each form; those of which nothing is known are passed over. */
export function preparationCosts(
  selections: readonly DatasetSelection[],
  catalogue: readonly DatasetFacts[],
): PreparationCost[] {
  const costs = new Map<string, PreparationCost>();
  for (const { dataset, fit, ...selection } of selections) {
    const facts = catalogue.find(({ name }) => name === dataset);
    if (facts === undefined) continue;
    const imageSize = selection.imageSize ?? facts.imageSize;
    const imageBytes = preparedImageBytes({ imageSize, fit }, facts.channels);
    const images = facts.trainingImages + facts.testImages;
    const imageSeconds = imageSize <= smallSide ? imageBytes / smallBytesPerSecond : 1 / photosPerSecond;
    costs.set(`${dataset} ${imageSize} ${fit}`, {
      dataset,
      imageSize,
      fit,
      images,
      bytes: images * imageBytes,
      hours: (images * imageSeconds) / preparationCores / 3600,
      epochSeconds: (facts.trainingImages * imageBytes) / readBytesPerSecond,
    });
  }
  return [...costs.values()];
}
