import { pearson } from '../coefficients/moments.ts';
import { kendallTauB, spearman, weightedSampleSize, weightedTau } from '../coefficients/ranks.ts';
import { withInterval, type Interval } from '../inference/intervals.ts';
import { withRankInterval } from '../inference/rank-intervals.ts';
import { ofEach } from '../statistic.ts';

/**
 * The correlations of the errors on two datasets over the architectures that have both. Coefficients are in [-1, 1] and keep
 * their signs; null if undefined: fewer than three architectures, or the same error for all of them.
 */
export interface PairCorrelation {
  a: string;
  b: string;
  /** Architectures with an error on both. */
  n: number;
  pearson: number | null;
  pearsonCi95: Interval | null;
  spearman: number | null;
  spearmanCi95: Interval | null;
  kendallTauB: number | null;
  kendallTauBCi95: Interval | null;
  /** Vigna (2015): additive hyperbolic weights, so that the order of the best counts most; averaged over both rankings. */
  weightedTau: number | null;
  weightedTauCi95: Interval | null;
}

export const correlations = ofEach('pair', (measurement, table, [a, b]) => {
  const [x, y] = [table.errors[a]!, table.errors[b]!];
  const sample = measurement.sample(x, y);
  const [r, rho, tau, weighted] = [pearson, spearman, kendallTauB, weightedTau].map((declare) =>
    declare(measurement, sample, x, y),
  ) as [Estimates, Estimates, Estimates, Estimates];
  return (): PairCorrelation[] => {
    const ofR = withInterval(r, table);
    const [ofRho, ofTau] = [rho, tau].map((estimate) => withRankInterval(estimate, table)) as [Found, Found];
    const ofWeighted = withInterval(weighted, table, weightedSampleSize(weighted.n));
    return [
      {
        a: table.datasets[a]!,
        b: table.datasets[b]!,
        n: sample.rows.length,
        pearson: ofR.value,
        pearsonCi95: ofR.ci95,
        spearman: ofRho.value,
        spearmanCi95: ofRho.ci95,
        kendallTauB: ofTau.value,
        kendallTauBCi95: ofTau.ci95,
        weightedTau: ofWeighted.value,
        weightedTauCi95: ofWeighted.ci95,
      },
    ];
  };
});

type Estimates = ReturnType<typeof pearson>;
type Found = ReturnType<typeof withInterval>;
