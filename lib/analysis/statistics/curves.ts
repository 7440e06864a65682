import { spearman } from '../coefficients/ranks.ts';
import { withInterval, type Interval } from '../inference/intervals.ts';
import { withRankInterval } from '../inference/rank-intervals.ts';
import { overReport, reportLevel } from '../inference/levels.ts';
import { pValueAboveZero } from '../inference/one-sided.ts';
import { onFishersScale } from '../inference/simultaneous.ts';
import { weakCorrelation } from '../inference/verdict.ts';
import { combine, meanOf, transform, type Estimate } from '../resampling/estimate.ts';
import { ofAll } from '../statistic.ts';
import { meanVector, type Vector } from '../table/vectors.ts';

/** How early in training the final ranking on a dataset is visible. */
export interface RankingCurve {
  dataset: string;
  /** Epochs of the longest training; shorter runs are left out. */
  epochs: number;
  /**
   * Whether the validation errors of one seed are compared with the test errors of the other seeds, averaged over the seeds. Otherwise
   * there is only one seed, whose ranking repeats the noise of the run itself, so that it is not known how early the ranking of
   * architectures is visible.
   */
  acrossSeeds: boolean;
  /** One for each epoch. */
  points: {
    /** From 1. */
    epoch: number;
    n: number;
    /** Rank correlation of the validation error after this epoch with the final test error. */
    spearman: number | null;
    spearmanCi95: Interval | null;
    /** `spearman` as a share of the correlation after the last epoch; null unless the interval of the latter lies above 0.3. */
    share: number | null;
    shareCi95: Interval | null;
    /**
     * Of the hypothesis that the share is below 0.9 after this epoch or a later one; after the last epoch, that the correlation is at most
     * 0.3. Epochs are tested backwards from the last one, so it is the largest p-value of this and all later epochs; corrected over the
     * datasets and the other questions of the report. Null if `share` is.
     */
    pValueCorrected: number | null;
  }[];
  /** The first epoch, other than the last, whose corrected p-value is at most 0.05; null if there is none. */
  visibleFrom: number | null;
}

/** A curve before its p-values are corrected. */
export interface Part {
  curve: Omit<RankingCurve, 'visibleFrom' | 'points'>;
  points: (Omit<RankingCurve['points'][number], 'pValueCorrected'> & { pValue: number | null })[];
}

const visible = 0.9;

/** Only of datasets with curves of at least two epochs. */
export const curves = ofAll(
  'dataset',
  (measurement, table, dataset) => {
    const seeds = table.runs[dataset]!.seeds;
    const testErrors = table.seedErrors[dataset]!;
    const known = table.curves[dataset]!.filter(({ seed }) => seeds.includes(seed));
    const epochs = known[0]?.epochs.length ?? 0;
    if (epochs < 2) return () => [];
    const acrossSeeds = seeds.length > 1;
    const runs = known.map(({ seed, epochs: errors }) => {
      const others = testErrors.filter((_, index) => (seeds[index] !== seed) === acrossSeeds);
      return { errors, final: meanVector(others, table.architectures.length) };
    });
    const declared = Array.from({ length: epochs }, (_, epoch) =>
      runs.map(({ errors, final }) => declareRho(errors[epoch]!, final)),
    );
    function declareRho(errors: Vector, final: Vector): Estimate {
      return spearman(measurement, measurement.sample(errors, final), errors, final);
    }
    return (): Part[] => {
      const rhos = declared.map((own) => meanOf(own));
      const last = rhos.at(-1);
      const atEnd = last && withRankInterval(last, table).ci95;
      const isTold = acrossSeeds && atEnd != null && atEnd[0] > weakCorrelation;
      const points = rhos.map((rho, index) => {
        const found = rho === undefined ? none : withRankInterval(rho, table);
        const isCompared = isTold && rho !== undefined;
        const share = isCompared
          ? withInterval(
              combine(rho, last!, (value, most) => value / most),
              table,
            )
          : none;
        return {
          epoch: index + 1,
          n: rho?.n ?? 0,
          spearman: found.value,
          spearmanCi95: found.ci95,
          share: share.value,
          shareCi95: share.ci95,
          pValue: isCompared
            ? pValueAboveZero(rho === last ? above(last) : excess(rho, last!), table.replicates)
            : null,
        };
      });
      return [{ curve: { dataset: table.datasets[dataset]!, epochs, acrossSeeds }, points }];
    };
  },
  (parts: Part[], { levels }): RankingCurve[] => {
    const tested = parts.filter(({ curve }) => curve.acrossSeeds).length;
    const corrected = (pValue: number) => overReport(tested * pValue, levels.epochs ?? reportLevel);
    return parts.map(({ curve, points }) => {
      let largest: number | null = 0;
      const found = points
        .toReversed()
        .map(({ pValue, ...point }) => {
          largest = largest === null || pValue === null ? null : Math.max(largest, pValue);
          return { ...point, pValueCorrected: largest === null ? null : corrected(largest) };
        })
        .reverse();
      const first = found.find(({ pValueCorrected }) => pValueCorrected !== null && pValueCorrected <= reportLevel);
      return {
        ...curve,
        points: found,
        visibleFrom: first === undefined || first === found.at(-1) ? null : first.epoch,
      };
    });
  },
);

/** Returns the excess of a correlation over the limit of weak ones, on Fisher's scale. */
const above = (rho: Estimate): Estimate =>
  transform(rho, (value) => onFishersScale(value, rho.n) - Math.atanh(weakCorrelation));

/** Returns the excess of a correlation over the share of the last one at which a ranking counts as visible. */
const excess = (rho: Estimate, last: Estimate): Estimate => combine(rho, last, (value, most) => value - visible * most);

const none = { value: null, ci95: null };
