import type { AnalysisTable } from './analysis-table.ts';
import { withInterval } from './figures/estimates.ts';
import { pearson } from './figures/moments.ts';
import { kendallTauB, spearman, weightedSampleSize, weightedTau } from './figures/ranks.ts';
import type { Interval } from './intervals.ts';
import type { Kernel } from './kernel/kernel.ts';
import { correctedPearson, declareReliability, type AttenuationCorrection } from './noise.ts';
import { Measurement, type OnProgress } from './resampling/measurement.ts';

/**
 * The correlations of the errors on two datasets over the architectures that have both. Coefficients are in [-1, 1] and keep
 * their signs; null where undefined: fewer than three architectures, or the same error for all of them.
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
  /** Vigna (2015): additive hyperbolic weights, so that the order of the best counts most; both rankings averaged. */
  weightedTau: number | null;
  weightedTauCi95: Interval | null;
}

const coefficients = { pearson, spearman, kendallTauB, weightedTau };

type Coefficient = keyof typeof coefficients;

/** Numbers of two datasets in the table. */
export type DatasetPair = readonly [a: number, b: number];

/** The correlations of some pairs of datasets, and those corrected for the noise of seeds where it is known. */
export function correlatePairs(
  kernel: Kernel,
  table: AnalysisTable,
  pairs: readonly DatasetPair[],
  onProgress?: OnProgress,
): { correlations: PairCorrelation[]; attenuation: AttenuationCorrection[] } {
  const measurement = new Measurement(table.replicates);
  const reliabilities = new Map(
    [...new Set(pairs.flat())].map((dataset) => [dataset, declareReliability(measurement, table, dataset)]),
  );
  const declared = pairs.map(([a, b]) => {
    const [x, y] = [table.errors[a]!, table.errors[b]!];
    const sample = measurement.sample(x, y);
    const entries = Object.entries(coefficients).map(([name, declare]) => [name, declare(measurement, sample, x, y)]);
    return {
      a: table.datasets[a]!,
      b: table.datasets[b]!,
      n: sample.rows.length,
      reliabilities: [reliabilities.get(a), reliabilities.get(b)] as const,
      figures: Object.fromEntries(entries) as Record<Coefficient, ReturnType<typeof pearson>>,
    };
  });
  measurement.run(kernel, onProgress);
  const correlations = declared.map(({ a, b, n, figures }) => {
    const of = (kind: Coefficient) => {
      const sampleSize = kind === 'weightedTau' ? weightedSampleSize(n) : n;
      const { value, ci95 } = withInterval(figures[kind], table, sampleSize);
      return { [kind]: value, [`${kind}Ci95`]: ci95 };
    };
    const values = { ...of('pearson'), ...of('spearman'), ...of('kendallTauB'), ...of('weightedTau') };
    return { a, b, n, ...values } as PairCorrelation;
  });
  const attenuation = declared.flatMap(({ a, b, figures, reliabilities: [ofA, ofB] }) =>
    ofA === undefined || ofB === undefined ? [] : [{ a, b, ...correctedPearson(figures.pearson, ofA, ofB, table) }],
  );
  return { correlations, attenuation };
}
