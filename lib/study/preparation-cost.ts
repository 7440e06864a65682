import type { DatasetFacts, DatasetSelection } from '../datasets/selection.ts';

/** The cost of preparing the images that some selections share. */
export interface PreparationCost {
  dataset: string;
  imageSize: number;
  fit: DatasetSelection['fit'];
  /** Images of the whole dataset, not only of the selection. */
  images: number;
  bytes: number;
  /** Hours on `preparationCores` cores. */
  hours: number;
  /** Seconds to read its training images once at `readBytesPerSecond`. */
  epochSeconds: number;
}

/** Number of cores for which the preparation time is estimated. */
export const preparationCores = 16;

/**
 * Photos (JPEG of 500 x 375 pixels) that a core decodes, fits and hashes per second, and bytes per second of small images that
 * need no decoding: rounded down from `npm run bench -- datasets` on cores of 2024.
 */
const photosPerSecond = 150;
const smallBytesPerSecond = 80e6;
/** Images with sides of at most this many pixels are distributed as raw pixels, not JPEG. */
const smallSide = 64;

/** Sustained read rate of an NVMe disk in a common cloud machine. */
export const readBytesPerSecond = 3e9;

/** Width divided by height of a photo that is prepared whole. */
const photoAspect = 4 / 3;

/** Returns the bytes of a prepared image; an upper bound for whole images, as small ones are not enlarged. */
export function preparedImageBytes(
  { imageSize, fit }: Pick<PreparationCost, 'imageSize' | 'fit'>,
  channels: number,
): number {
  return imageSize ** 2 * channels * (fit === 'square' ? 1 : photoAspect);
}

/** Returns the costs of preparation, one entry per dataset and form; skips datasets without known facts. */
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
