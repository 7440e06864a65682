import { ofEach } from '../statistic.ts';
import type { OutcomeTable } from '../table/image-outcomes.ts';

/** The part of the scatter of the errors on a dataset that comes from its finite test set. */
export interface TestNoise {
  dataset: string;
  testImages: number;
  /** Variance between architectures of their errors, which are means over seeds. */
  variance: number;
  /**
   * Mean over the architectures of p (1 - p) / images. As all architectures and seeds share the images, it is an upper bound of the
   * variance, over test sets, of an architecture's difference from the mean.
   */
  binomialVariance: number;
  /**
   * That variance itself, from the images that each architecture classified wrongly, relative to the mean of all; null if they are not
   * known of every run.
   */
  imageVariance: number | null;
  /**
   * `imageVariance` / `variance`, or the bound `binomialVariance` / `variance` if it is unknown. If it is near 1 or above, the choice of
   * test images could explain all differences between architectures. Null if all errors are equal.
   */
  share: number | null;
}

/** For datasets whose number of test images is known, from the column `testImages` or from the outcomes. */
export const testNoise = ofEach('dataset', (_, { datasets, facts, errors, outcomes }, dataset) => () => {
  const known = outcomes[dataset]!;
  const testImages = known?.images ?? facts[dataset]!.testImages;
  const values = errors[dataset]!.filter((error) => !Number.isNaN(error));
  if (testImages === null || values.length < 2) return [];
  const mean = values.reduce((sum, error) => sum + error, 0) / values.length;
  const variance = values.reduce((sum, error) => sum + (error - mean) ** 2, 0) / (values.length - 1);
  const binomialVariance = values.reduce((sum, error) => sum + error * (1 - error), 0) / (values.length * testImages);
  const imageVariance = known && imageVarianceOf(known);
  const noise: TestNoise = {
    dataset: datasets[dataset]!,
    testImages,
    variance,
    binomialVariance,
    imageVariance,
    share: variance === 0 ? null : (imageVariance ?? binomialVariance) / variance,
  };
  return [noise];
});

/**
 * Returns the mean over the architectures of the variance, over images, of (own error on the image - mean of all architectures), divided by
 * the number of images.
 */
function imageVarianceOf({ images, architectures, bits, stride }: OutcomeTable): number {
  const runsOf = new Map<number, number[]>();
  architectures.forEach((architecture, run) => runsOf.set(architecture, [...(runsOf.get(architecture) ?? []), run]));
  const means = new Float64Array(images);
  const own = new Float64Array(images);
  let [squares, squaredErrors] = [0, 0];
  for (const runs of runsOf.values()) {
    own.fill(0);
    for (const run of runs)
      for (let image = 0; image < images; image++)
        if (bits[stride * run + (image >> 3)]! & (1 << (image & 7))) own[image]! += 1 / runs.length;
    let sum = 0;
    own.forEach((wrong, image) => {
      sum += wrong;
      squares += wrong * wrong;
      means[image]! += wrong / runsOf.size;
    });
    squaredErrors += (sum / images) ** 2;
  }
  const count = runsOf.size;
  const mean = means.reduce((sum, of) => sum + of, 0) / images;
  // Sum of squares of the differences from each image's mean, minus that of the architectures' own means.
  const scatter = squares - count * means.reduce((sum, of) => sum + of * of, 0);
  const between = images * (squaredErrors - count * mean * mean);
  return (scatter - between) / count / (images - 1) / images;
}
