import { escape, op, type ColumnTable } from 'arquero';
import { cellsOf, type ArchitectureCell, type ArchitectureTable } from './architecture-cells.ts';
import { numberOf } from './foreign-numbers.ts';
import { refuse } from './raw-table.ts';

/** A table together with the names of its covariate columns. */
export interface CovariateTable extends ArchitectureTable {
  covariates: readonly string[];
}

/** A covariate of an architecture in one of the tables, with its value in the first table that has it. */
interface Value extends ArchitectureCell {
  file: number;
  covariate: string;
  /** Null if the cell is not a number. */
  value: number | null;
  firstFile: number;
  firstNumber: number;
  firstValue: number | null;
}

/**
 * Joins the covariates of all tables into one table with a row for each architecture and a column for each covariate.
 * @throws ConfigError if a value is not a number, or if tables contradict each other
 */
export function joinedCovariates(tables: readonly CovariateTable[]): ColumnTable {
  const [first, ...others] = tables.map(valuesOf) as [ColumnTable, ...ColumnTable[]];
  const values = first.concat(...others).groupby('architecture', 'covariate');
  const compared = values.derive({
    firstFile: op.first_value('file'),
    firstNumber: op.first_value('number'),
    firstValue: op.first_value('value'),
  });
  tables.forEach(({ table: { source } }, index) => {
    const own = compared.ungroup().filter(escape(({ file }: Value) => file === index));
    refuse(
      source,
      (own.objects() as Value[]).flatMap((value) => problemOf(value, tables) ?? []),
    );
  });
  return values.groupby('architecture').pivot('covariate', { value: op.any('value') }, { sort: false });
}

/** Adds to rows the covariates of their architecture (column `architecture`); undefined if it has none. */
export function withCovariates(rows: ColumnTable, covariates: ColumnTable): ColumnTable {
  const names = covariates.columnNames((name) => name !== 'architecture');
  return names.length === 0 ? rows : rows.lookup(covariates, 'architecture', ...names);
}

const valuesOf = (open: CovariateTable, file: number): ColumnTable =>
  cellsOf(open, open.covariates).derive({
    file: escape(() => file),
    covariate: escape(({ column }: ArchitectureCell) => open.covariates[column]),
    value: escape(({ cell }: ArchitectureCell) => numberOf(cell) ?? null),
  });

function problemOf(value: Value, tables: readonly CovariateTable[]): string | undefined {
  const location = (file: number, number: number) => `${tables[file]!.table.counted} ${number}`;
  const here = location(value.file, value.number);
  const { covariate, architecture } = value;
  if (value.value === null) return `${here}: column ${covariate} must be a number, got ${JSON.stringify(value.cell)}`;
  if (value.value === value.firstValue) return undefined;
  const source = tables[value.firstFile]!.table.source;
  return `${here}: ${covariate} of ${architecture} is ${value.value}, but ${value.firstValue} in ${source}, ${location(value.firstFile, value.firstNumber)}`;
}
