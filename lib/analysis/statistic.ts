import type { AnalysisTable } from './table/analysis-table.ts';
import type { Kernel } from './kernel/kernel.ts';
import type { Measurement } from './resampling/measurement.ts';

/** Indices of two datasets in the table. */
export type DatasetPair = readonly [a: number, b: number];

/** By scope, the subjects of a statistic: pairs of datasets, datasets but the reference, all datasets, or the table as a whole. */
export interface Subjects {
  pair: DatasetPair;
  target: number;
  dataset: number;
  table: null;
}

export type Scope = keyof Subjects;

/**
 * An entry of the registry of statistics. Parts are computed for each subject, possibly on several threads; rows are computed from the
 * parts of all subjects, so that intervals and p-values hold for a whole family.
 */
export interface Statistic<S extends Scope = Scope, Part = unknown, Row = unknown> {
  scope: S;
  /** Declares what has to be measured; the returned function gives the parts after the measurement. Parts are plain data. */
  declare(measurement: Measurement, table: AnalysisTable, subject: Subjects[S]): (kernel: Kernel) => Part[];
  /** @param parts of all subjects, in the order of the subjects */
  combine(parts: Part[], table: AnalysisTable): Row[];
}

/** Defines a statistic whose parts are its rows. */
export const ofEach = <S extends Scope, Row>(
  scope: S,
  declare: Statistic<S, Row, Row>['declare'],
): Statistic<S, Row, Row> => ({ scope, declare, combine: (rows) => rows });

/** Defines a statistic whose rows are computed from all its parts together. */
export const ofAll = <S extends Scope, Part, Row>(
  scope: S,
  declare: Statistic<S, Part, Row>['declare'],
  combine: Statistic<S, Part, Row>['combine'],
): Statistic<S, Part, Row> => ({ scope, declare, combine });
