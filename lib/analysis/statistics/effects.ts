import { partialPearson, pearson } from '../coefficients/moments.ts';
import { spearman } from '../coefficients/ranks.ts';
import { withInterval, type Interval } from '../inference/intervals.ts';
import { withRankInterval } from '../inference/rank-intervals.ts';
import { maxTPValues, permutationTests, type PermutationTests } from '../inference/permutation.ts';
import { overReport, reportLevel } from '../inference/levels.ts';
import { simultaneous } from '../inference/simultaneous.ts';
import { fewestUnits } from '../inference/verdict.ts';
import type { Estimate } from '../resampling/estimate.ts';
import { ofAll } from '../statistic.ts';
import type { AnalysisTable } from '../table/analysis-table.ts';
import { logarithmOf } from '../table/vectors.ts';

/** Correlation of one structure parameter or complexity with the error on one dataset. */
export interface ParameterEffect {
  parameter: string;
  dataset: string;
  /** Architectures that have both. */
  n: number;
  pearson: number | null;
  pearsonCi95: Interval | null;
  spearman: number | null;
  spearmanCi95: Interval | null;
  /** Of Spearman's rho, two-sided, by permutation of the architectures; with clusters by the bootstrap. */
  pValue: number | null;
  /**
   * Corrected over all parameters and datasets by maxT (Westfall and Young 1993), architectures permuted jointly, and over the other
   * questions of the report.
   */
  pValueCorrected: number | null;
  /** `related` if the corrected p-value is at most 0.05. */
  verdict: 'related' | 'undecided';
  /** The complexity that is held fixed; null if the table has none, or if it is this parameter. */
  fixed: string | null;
  /** Pearson's r of the residuals of both after least squares on [1, ln of the fixed complexity], on at least four architectures. */
  partialPearson: number | null;
  partialPearsonCi95: Interval | null;
}

/** The first of these that the table has is held fixed, or else its first measure of size. */
const complexities = ['flops', 'params', 'acts'];

/** All effects on one dataset, and their permutation tests. */
export interface Part {
  effects: (Omit<ParameterEffect, 'pValue' | 'pValueCorrected' | 'verdict'> & { rho: Estimate })[];
  tests: PermutationTests | null;
}

export const effects = ofAll(
  'dataset',
  (measurement, table, dataset) => {
    const errors = table.errors[dataset]!;
    const complexity = complexities.find((name) => table.sizes.includes(name)) ?? table.sizes[0] ?? null;
    const logarithm = complexity === null ? undefined : logarithmOf(table.parameters.get(complexity)![dataset]!);
    const declared = [...table.parameters].map(([parameter, vectors]) => {
      const vector = vectors[dataset]!;
      const sample = measurement.sample(vector, errors);
      return {
        parameter,
        vector,
        n: sample.rows.length,
        r: pearson(measurement, sample, vector, errors),
        rho: spearman(measurement, sample, vector, errors),
        partial:
          logarithm === undefined || parameter === complexity
            ? undefined
            : partialPearson(measurement, measurement.sample(vector, errors, logarithm), vector, errors, logarithm),
      };
    });
    return (kernel): Part[] => [
      {
        effects: declared.map(({ parameter, n, r, rho, partial }) => {
          const [linear, ranked] = [withInterval(r, table), withRankInterval(rho, table)];
          const rest = partial ? withInterval(partial, table) : { value: null, ci95: null };
          return {
            parameter,
            dataset: table.datasets[dataset]!,
            n,
            pearson: linear.value,
            pearsonCi95: linear.ci95,
            spearman: ranked.value,
            spearmanCi95: ranked.ci95,
            fixed: partial ? complexity : null,
            partialPearson: rest.value,
            partialPearsonCi95: rest.ci95,
            rho,
          };
        }),
        tests:
          table.replicates.clusters === null
            ? permutationTests(
                kernel,
                table,
                declared.map(({ vector }) => vector),
                errors,
              )
            : null,
      },
    ];
  },
  (parts: Part[], table): ParameterEffect[] => {
    const pValues = table.replicates.clusters === null ? permuted(parts, table) : resampled(parts, table);
    const rows = parts.flatMap(({ effects: own }, part) =>
      own.map(({ rho, ...effect }, index): ParameterEffect => {
        const { pValue, pValueCorrected } = pValues[part]![index]!;
        const isKnown = rho.n >= fewestUnits;
        return {
          ...effect,
          pValue: isKnown ? pValue : null,
          pValueCorrected: isKnown ? pValueCorrected : null,
          verdict: isKnown && pValueCorrected !== null && pValueCorrected <= 0.05 ? 'related' : 'undecided',
        };
      }),
    );
    return [...table.parameters.keys()].flatMap((name) => rows.filter(({ parameter }) => parameter === name));
  },
);

interface PValues {
  pValue: number | null;
  pValueCorrected: number | null;
}

function permuted(parts: readonly Part[], { levels }: AnalysisTable): PValues[][] {
  const tests = parts.map((part) => part.tests!);
  const corrected = maxTPValues(tests);
  return tests.map(({ pValues }, part) =>
    pValues.map((pValue, index) => {
      const overFamily = corrected[part]![index]!;
      return {
        pValue,
        pValueCorrected: overFamily === null ? null : overReport(overFamily, levels.effects ?? reportLevel),
      };
    }),
  );
}

/** Tests by the bootstrap: clusters cannot be permuted, as they differ in size. */
function resampled(parts: readonly Part[], { replicates, levels }: AnalysisTable): PValues[][] {
  const tests = simultaneous(
    parts.flatMap((part) => part.effects.map(({ rho }) => ({ estimate: rho }))),
    replicates,
    'correlation',
    levels.effects ?? reportLevel,
  );
  let next = 0;
  return parts.map((part) => part.effects.map(() => tests[next++]!));
}
