import { ofEach } from '../statistic.ts';

/** How much of the scatter of the errors on a dataset may come from its test set being finite. */
export interface TestNoise {
  dataset: string;
  testImages: number;
  /** Of the errors between architectures, the means over seeds. */
  variance: number;
  /**
   * Mean over the architectures of p (1 - p) / images: a bound of the variance that another test set would give to the difference of an
   * architecture from the mean, as the images are the same for all of them and for all seeds.
   */
  binomialVariance: number;
  /** `binomialVariance` / `variance`: above 1 all that differs between architectures could come from the choice of test images. */
  share: number | null;
}

/** Of datasets whose number of test images the table has, in the column `testImages`. */
export const testNoise = ofEach('dataset', (_, { datasets, facts, errors }, dataset) => () => {
  const { testImages } = facts[dataset]!;
  const values = errors[dataset]!.filter((error) => !Number.isNaN(error));
  if (testImages === null || values.length < 2) return [];
  const mean = values.reduce((sum, error) => sum + error, 0) / values.length;
  const variance = values.reduce((sum, error) => sum + (error - mean) ** 2, 0) / (values.length - 1);
  const binomialVariance = values.reduce((sum, error) => sum + error * (1 - error), 0) / (values.length * testImages);
  const noise: TestNoise = {
    dataset: datasets[dataset]!,
    testImages,
    variance,
    binomialVariance,
    share: variance === 0 ? null : binomialVariance / variance,
  };
  return [noise];
});
