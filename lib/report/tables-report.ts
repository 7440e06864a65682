import type { Analysis } from '../analysis/index.ts';
import { stream } from '../core/streams.ts';
import type { CurveRow } from '../results/curves-table.ts';
import type { MetricName } from '../results/metric.ts';
import type { ResultRow } from '../results/results-table.ts';
import { studyReport } from './study-report.ts';

/** Largest number of architectures that a page can show one by one. */
const mostShown = 5000;

/**
 * Returns the report of tables of results as HTML. If there are very many architectures, its charts show a sample, but all figures are
 * computed from all of them.
 */
export function tablesReport(
  sources: readonly string[],
  rows: readonly ResultRow[],
  curves: readonly CurveRow[],
  analysis: Analysis,
  parameterTitles: ReadonlyMap<string, string>,
  metric: MetricName = 'top1',
): Promise<string> {
  const { architectures } = analysis.matrix;
  const isThinned = architectures.length > mostShown;
  const shown = isThinned ? thinned(rows, analysis) : { rows, analysis };
  return studyReport({
    title: `Errors on ${analysis.reference} and elsewhere`,
    description: `Analysis of ${sources.join(', ')}`,
    ...shown,
    curves,
    extremes: 10,
    notes: isThinned
      ? [
          `Charts and the table of runs show ${mostShown} of ${architectures.length} architectures, drawn at random; all figures are of all.`,
        ]
      : [],
    parameterTitles,
    metric: metric === 'top1' ? undefined : metric,
  });
}

function thinned(rows: readonly ResultRow[], analysis: Analysis): { rows: ResultRow[]; analysis: Analysis } {
  const { matrix } = analysis;
  const kept = stream(analysis.methods.seed, 'shown')
    .shuffled([...matrix.architectures.keys()])
    .slice(0, mostShown)
    .sort((a, b) => a - b);
  const names = new Set(kept.map((index) => matrix.architectures[index]!));
  const errors = [...matrix.errors].map(([dataset, column]) => [dataset, kept.map((index) => column[index]!)] as const);
  return {
    rows: rows.filter(({ architecture }) => names.has(architecture)),
    analysis: { ...analysis, matrix: { ...matrix, architectures: [...names], errors: new Map(errors) } },
  };
}
