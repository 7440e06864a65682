import type { AnalysisTable } from './table/analysis-table.ts';
import type { Kernel } from './kernel/kernel.ts';
import type { Measurement } from './resampling/measurement.ts';

/** Numbers of two datasets in the table. */
export type DatasetPair = readonly [a: number, b: number];

/** What a statistic is computed for: each pair of datasets, each dataset but the reference, each dataset, or the table once. */
export interface Subjects {
  pair: DatasetPair;
  target: number;
  dataset: number;
  table: null;
}

export type Scope = keyof Subjects;

/**
 * An entry of the registry of statistics. Parts are computed for each subject, possibly on several threads; rows are made of the
 * parts of all subjects, so that intervals and p-values hold for a whole family.
 */
export interface Statistic<S extends Scope = Scope, Part = unknown, Row = unknown> {
  scope: S;
  /** Declares what has to be measured; the returned function gives the parts once it is. Parts are plain data. */
  declare(measurement: Measurement, table: AnalysisTable, subject: Subjects[S]): (kernel: Kernel) => Part[];
  /** @param parts of all subjects, in the order of the subjects */
  combine(parts: Part[], table: AnalysisTable): Row[];
}

/** A statistic whose parts are its rows. */
export const ofEach = <S extends Scope, Row>(
  scope: S,
  declare: Statistic<S, Row, Row>['declare'],
): Statistic<S, Row, Row> => ({ scope, declare, combine: (rows) => rows });

/** A statistic whose rows are made of all its parts together. */
export const ofAll = <S extends Scope, Part, Row>(
  scope: S,
  declare: Statistic<S, Part, Row>['declare'],
  combine: Statistic<S, Part, Row>['combine'],
): Statistic<S, Part, Row> => ({ scope, declare, combine });
