import { pearson } from '../coefficients/moments.ts';
import { withInterval, type Interval } from '../inference/intervals.ts';
import { combine } from '../resampling/estimate.ts';
import { ofEach } from '../statistic.ts';
import { bestThirdOf } from './best-third.ts';
import { ceilingOf, declareReliability } from './reliability.ts';

/** The noise ceiling that seeds set to a pair's correlation, and the correlation corrected for it (Spearman 1904). */
export interface AttenuationCorrection {
  a: string;
  b: string;
  /** Architectures with an error on both. */
  n: number;
  pearson: number | null;
  /** The root of the product of both reliabilities: the r that would be observed if it were 1 without noise. */
  noiseCeiling: number | null;
  noiseCeilingCi95: Interval | null;
  /** The same among the thirds of the architectures with the lowest errors on a and on b. */
  noiseCeilingOfBest: number | null;
  noiseCeilingOfBestCi95: Interval | null;
  /** r / ceiling; may exceed 1 by chance and is not cut. Null unless the ceiling's interval lies above 0.3. */
  pearsonCorrected: number | null;
  pearsonCorrectedCi95: Interval | null;
}

/** Nothing is corrected if the lower limit of the ceiling is below this: the divisor would be mostly noise. */
const leastCeiling = 0.3;

export const attenuation = ofEach('pair', (measurement, table, [a, b]) => {
  const [ofA, ofB] = [a, b].map((dataset) => declareReliability(measurement, table, dataset));
  if (ofA === undefined || ofB === undefined) return () => [];
  const [bestA, bestB] = [a, b].map((dataset) =>
    declareReliability(measurement, table, dataset, bestThirdOf(table.errors[dataset]!)),
  );
  const [x, y] = [table.errors[a]!, table.errors[b]!];
  const sample = measurement.sample(x, y);
  const r = pearson(measurement, sample, x, y);
  return (): AttenuationCorrection[] => {
    const ceiling = ceilingOf(ofA, ofB);
    const found = withInterval(ceiling, table);
    const best =
      bestA === undefined || bestB === undefined
        ? { value: null, ci95: null }
        : withInterval(ceilingOf(bestA, bestB), table);
    const corrected =
      found.ci95 !== null && found.ci95[0] >= leastCeiling
        ? withInterval(
            combine(r, ceiling, (value, most) => (most > 0 ? value / most : NaN)),
            table,
          )
        : { value: null, ci95: null };
    return [
      {
        a: table.datasets[a]!,
        b: table.datasets[b]!,
        n: sample.rows.length,
        pearson: withInterval(r, table).value,
        noiseCeiling: found.value,
        noiseCeilingCi95: found.ci95,
        noiseCeilingOfBest: best.value,
        noiseCeilingOfBestCi95: best.ci95,
        pearsonCorrected: corrected.value,
        pearsonCorrectedCi95: corrected.ci95,
      },
    ];
  };
});
