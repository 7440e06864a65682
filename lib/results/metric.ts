import { ConfigError } from '../core/errors.ts';
import type { ResultRow } from './results-table.ts';

/** A measure by which networks are ranked. */
export interface Metric {
  /** Its column in the results table. */
  column: string;
  /** Converts a value to an error in [0, 1]: smaller is better. */
  errorOf: (value: number) => number;
  /** Title for readers, in the plural. */
  title: string;
}

const asError = (value: number) => value;
const asScore = (value: number) => 1 - value;

/** The measures by which networks can be ranked, by their names in commands. */
export const metrics = {
  top1: { column: 'top1Error', errorOf: asError, title: 'top-1 errors' },
  top5: { column: 'top5Error', errorOf: asError, title: 'top-5 errors' },
  balanced: {
    column: 'balancedError',
    errorOf: asError,
    title: 'balanced errors (means of the errors of the classes)',
  },
  'macro-f1': { column: 'macroF1', errorOf: asScore, title: 'errors of classes by F1 (1 - macro-averaged F1)' },
  auc: { column: 'auc', errorOf: asScore, title: 'errors by the ROC curve (1 - the area under it)' },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;

export const metricNames = Object.keys(metrics) as MetricName[];

/**
 * Returns rows whose column `top1Error`, by which networks are ranked, holds the errors of another metric. Runs without an error stay
 * without one.
 * @throws ConfigError naming the runs that have an error, but no value of this metric
 */
export function rowsByMetric<Row extends ResultRow>(rows: readonly Row[], name: MetricName): Row[] {
  if (name === 'top1') return [...rows];
  const { column, errorOf } = metrics[name];
  const missing: string[] = [];
  const ranked = rows.map((row) => {
    const value = row[column];
    if (row.top1Error === null) return row;
    if (typeof value === 'number') return { ...row, top1Error: errorOf(value) };
    missing.push(`${row.architecture} on ${row.dataset}, seed ${row.seed}: column ${column} is empty`);
    return row;
  });
  if (missing.length === 0) return ranked;
  throw new ConfigError(`The metric ${name} is not known for every run: ${reasons[name]}`, missing);
}

const ofPredictions = 'their predictions were not kept';
const reasons: Record<Exclude<MetricName, 'top1'>, string> = {
  top5: 'their datasets have five classes or fewer',
  balanced: ofPredictions,
  'macro-f1': ofPredictions,
  auc: `${ofPredictions}, or their datasets do not have two classes`,
};
