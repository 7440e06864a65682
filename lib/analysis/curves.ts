import type { CurveRow } from '../results/curves-table.ts';
import type { AnalysisTable } from './analysis-table.ts';
import { meanColumn, type Column } from './columns.ts';
import { withInterval } from './figures/estimates.ts';
import { pearson } from './figures/moments.ts';
import { spearman } from './figures/ranks.ts';
import { groupBy } from './group-by.ts';
import type { Interval } from './intervals.ts';
import type { Kernel } from './kernel/kernel.ts';
import { Measurement, type OnProgress } from './resampling/measurement.ts';

/** How early in training the final ranking on a dataset is visible. */
export interface RankingCurve {
  dataset: string;
  /** Epochs of the longest training; runs that have fewer are left out. */
  epochs: number;
  /** One for each epoch before the last. */
  points: {
    /** From 1. */
    epoch: number;
    n: number;
    /** Of the validation error after this epoch with that after the last one; means over seeds. */
    pearson: number | null;
    pearsonCi95: Interval | null;
    spearman: number | null;
    spearmanCi95: Interval | null;
  }[];
  /** First epoch from which on Spearman's rho stays at 0.9 or more; null where only the last one does. */
  visibleFrom: number | null;
}

const visible = 0.9;

/** By dataset: mean validation errors over the seeds, epoch after epoch; of the runs that have the last one. */
export function meanCurves(
  rows: readonly CurveRow[],
  datasets: readonly string[],
  place: ReadonlyMap<string, number>,
): Column[][] {
  const byDataset = groupBy(
    rows.filter(({ architecture, validationTop1Error }) => place.has(architecture) && validationTop1Error !== null),
    ({ dataset }) => dataset,
  );
  return datasets.map((dataset) => {
    const own = byDataset.get(dataset) ?? [];
    const epochs = own.reduce((most, { epoch }) => Math.max(most, epoch), 0);
    const whole = [...groupBy(own, ({ architecture, seed }) => JSON.stringify([architecture, seed])).values()].filter(
      (run) => run.some(({ epoch }) => epoch === epochs),
    );
    return Array.from({ length: epochs }, (_, index) => {
      const errors = groupBy(
        whole.flatMap((run) => run.filter(({ epoch }) => epoch === index + 1)),
        ({ seed }) => seed,
      );
      const columns = [...errors.values()].map((ofSeed) => {
        const column = new Float64Array(place.size).fill(NaN);
        for (const { architecture, validationTop1Error } of ofSeed)
          column[place.get(architecture)!] = validationTop1Error!;
        return column;
      });
      return meanColumn(columns, place.size);
    });
  });
}

/** The ranking curve of a dataset; none without two epochs. */
export function rankingCurve(
  kernel: Kernel,
  table: AnalysisTable,
  dataset: number,
  onProgress?: OnProgress,
): RankingCurve[] {
  const curve = table.curves[dataset]!;
  const final = curve.at(-1);
  if (final === undefined || curve.length < 2) return [];
  const measurement = new Measurement(table.replicates);
  const declared = curve.slice(0, -1).map((errors) => {
    const sample = measurement.sample(errors, final);
    return {
      sample,
      linear: pearson(measurement, sample, errors, final),
      ranked: spearman(measurement, sample, errors, final),
    };
  });
  measurement.run(kernel, onProgress);
  const points = declared.map(({ sample, linear, ranked }, index) => {
    const r = withInterval(linear, table);
    const rho = withInterval(ranked, table);
    return {
      epoch: index + 1,
      n: sample.rows.length,
      pearson: r.value,
      pearsonCi95: r.ci95,
      spearman: rho.value,
      spearmanCi95: rho.ci95,
    };
  });
  const lastBelow = points.findLast(({ spearman: rho }) => rho === null || rho < visible)?.epoch ?? 0;
  const visibleFrom = lastBelow === points.length ? null : lastBelow + 1;
  return [{ dataset: table.datasets[dataset]!, epochs: curve.length, points, visibleFrom }];
}
