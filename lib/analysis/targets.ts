import { architectureTransfer, type ArchitectureTransfer } from './transfers.ts';
import { declareAdvice, type ProxyAdvice } from './advice.ts';
import type { AnalysisTable } from './analysis-table.ts';
import { logarithmOf } from './columns.ts';
import { declareChoices, measuredChoice, type Choice } from './choices.ts';
import { withInterval } from './figures/estimates.ts';
import { partialPearson } from './figures/moments.ts';
import type { Interval } from './intervals.ts';
import type { Kernel } from './kernel/kernel.ts';
import { declareLine, lineScales, type Line, type LineScale, type ScaledLine } from './lines.ts';
import { permutationPValues } from './permutation.ts';
import { populationSizeEffect, type PopulationSizeEffect } from './population-size.ts';
import { proxiesOf } from './proxies.ts';
import { declareComparisons, type ProxyComparison } from './proxy-comparisons.ts';
import { Measurement, type OnProgress } from './resampling/measurement.ts';
import { declareSubsets, type SubsetComparison } from './subsets.ts';

/** What the reference tells of one target. */
export interface TargetAnalysis {
  target: string;
  /** Architectures with an error on both. */
  n: number;
  /** Of Pearson's r, by permutation, two-sided; corrected over the targets by Holm (1979) and Benjamini and Hochberg (1995). */
  pValue: number | null;
  pValueHolm: number | null;
  pValueBenjaminiHochberg: number | null;
  linearLine: Line;
  probitLine: Line;
  logitLine: Line;
  /**
   * By measure of size: Pearson's r of the residuals of both errors after least squares on [1, ln measure], over the
   * architectures that have all three; null on fewer than four of them, and where the measure is constant or determines an error.
   */
  partialPearson: Record<string, number | null>;
  partialPearsonCi95: Record<string, Interval | null>;
  /** Choosing the k best on the reference: as in `Choice`. */
  regret: Omit<Choice, 'target' | 'by' | 'n'>[];
}

export interface TargetFigures {
  targets: TargetAnalysis[];
  transfers: ArchitectureTransfer[];
  comparisons: ProxyComparison[];
  populationSizes: PopulationSizeEffect[];
  choices: Choice[];
  subsets: SubsetComparison[];
  advice: ProxyAdvice[];
}

/** Everything about one target; corrections over all targets are still to be made. */
export function analyzeTarget(
  kernel: Kernel,
  table: AnalysisTable,
  target: number,
  onProgress?: OnProgress,
): TargetFigures {
  const name = table.datasets[target]!;
  const [reference, errors] = [table.errors[0]!, table.errors[target]!];
  const measurement = new Measurement(table.replicates);
  const n = measurement.sample(reference, errors).rows.length;
  const lines = lineScales.map((scale) => [scale, declareLine(measurement, table, target, scale)] as const);
  const partials = table.sizes.map((size) => {
    const logarithm = logarithmOf(table.parameters.get(size)![target]!);
    const sample = measurement.sample(reference, errors, logarithm);
    return [size, partialPearson(measurement, sample, reference, errors, logarithm)] as const;
  });
  const own = declareChoices(measurement, reference, errors);
  // Whether another dataset could stand for a part of the reference is not asked.
  const isTarget = table.facts[target]!.role === 'target';
  const proxies = (isTarget ? proxiesOf(table, target) : []).map(({ proxy, column }) => ({
    proxy,
    column,
    choices: declareChoices(measurement, column, errors),
  }));
  const comparisons = isTarget ? declareComparisons(measurement, table, target) : undefined;
  const subsets = isTarget ? declareSubsets(measurement, table, target) : undefined;
  const advice = isTarget ? declareAdvice(measurement, table, target, proxies) : undefined;
  measurement.run(kernel, onProgress);

  const scaled = Object.fromEntries(lines.map(([scale, measured]) => [scale, measured()])) as Record<
    LineScale,
    ScaledLine
  >;
  const fixed = partials.map(([size, figure]) => [size, withInterval(figure, table)] as const);
  const analysis: TargetAnalysis = {
    target: name,
    n,
    pValue: permutationPValues(kernel, table, [reference], errors)[0]!,
    pValueHolm: null,
    pValueBenjaminiHochberg: null,
    linearLine: scaled.linear.line,
    probitLine: scaled.probit.line,
    logitLine: scaled.logit.line,
    partialPearson: Object.fromEntries(fixed.map(([size, { value }]) => [size, value])),
    partialPearsonCi95: Object.fromEntries(fixed.map(([size, { ci95 }]) => [size, ci95])),
    regret: own.map((choice) => measuredChoice(choice, table)),
  };
  return {
    targets: [analysis],
    transfers: [architectureTransfer(name, reference, errors, scaled)],
    comparisons: comparisons?.() ?? [],
    populationSizes: [populationSizeEffect(kernel, table, target)],
    choices: proxies.flatMap(({ proxy, choices }) =>
      choices.map((choice) => ({ target: name, by: proxy, n: choice.regret.n, ...measuredChoice(choice, table) })),
    ),
    subsets: subsets?.() ?? [],
    advice: advice === undefined ? [] : [advice()],
  };
}
