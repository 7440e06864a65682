import { spearman } from '../coefficients/ranks.ts';
import { withInterval, type Interval } from '../inference/intervals.ts';
import { weakCorrelation } from '../inference/verdict.ts';
import { combine, meanOf, type Estimate } from '../resampling/estimate.ts';
import { ofEach } from '../statistic.ts';
import { meanVector, type Vector } from '../table/vectors.ts';

/** How early in training the final ranking on a dataset is visible. */
export interface RankingCurve {
  dataset: string;
  /** Epochs of the longest training; runs that have fewer are left out. */
  epochs: number;
  /**
   * Whether the validation errors of one seed are held against the test errors of the other seeds, the mean over the seeds. Otherwise there is
   * one seed, and its ranking repeats the noise of the run itself: how early the ranking of architectures is visible is not known.
   */
  acrossSeeds: boolean;
  /** One for each epoch. */
  points: {
    /** From 1. */
    epoch: number;
    n: number;
    /** Of the validation error after this epoch with the final test error. */
    spearman: number | null;
    spearmanCi95: Interval | null;
    /** Of the correlation after the last epoch; null unless that one's interval lies above 0.3. */
    share: number | null;
    shareCi95: Interval | null;
  }[];
  /**
   * First epoch from which on the share is shown to be at least 0.9, epochs being tested from the last one back, each at 2.5 %, until one
   * fails; null if only the last one is, or if it is not known.
   */
  visibleFrom: number | null;
}

const visible = 0.9;

/** Only of datasets with curves of two epochs. */
export const curves = ofEach('dataset', (measurement, table, dataset) => {
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
  return (): RankingCurve[] => {
    const rhos = declared.map((own) => meanOf(own));
    const last = rhos.at(-1);
    const atEnd = last && withInterval(last, table).ci95;
    const isTold = acrossSeeds && atEnd != null && atEnd[0] > weakCorrelation;
    const points = rhos.map((rho, index) => {
      const found = rho === undefined ? none : withInterval(rho, table);
      const share =
        !isTold || rho === undefined
          ? none
          : withInterval(
              combine(rho, last!, (value, most) => value / most),
              table,
            );
      return {
        epoch: index + 1,
        n: rho?.n ?? 0,
        spearman: found.value,
        spearmanCi95: found.ci95,
        share: share.value,
        shareCi95: share.ci95,
      };
    });
    const lastBelow = points.slice(0, -1).findLast(({ shareCi95 }) => (shareCi95?.[0] ?? 0) < visible)?.epoch ?? 0;
    const visibleFrom = !isTold || lastBelow === epochs - 1 ? null : lastBelow + 1;
    return [{ dataset: table.datasets[dataset]!, epochs, acrossSeeds, points, visibleFrom }];
  };
});

const none = { value: null, ci95: null };
