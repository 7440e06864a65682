import { escape, table, type ColumnTable } from 'arquero';
import { isMissing } from './foreign-numbers.ts';
import { refuse, type Cell, type RawTable } from './raw-table.ts';

/** A table together with the architecture of each row. */
export interface ArchitectureTable {
  table: RawTable;
  architectures: readonly string[];
}

/** A cell of a table with one row per architecture. */
export interface ArchitectureCell {
  architecture: string;
  /** Number of the row in its file. */
  number: number;
  /** Index in the requested columns. */
  column: number;
  cell: Cell;
}

/** Returns the cells of some columns of a table, row by row, each as an `ArchitectureCell`; none if a column is missing. */
export function cellsOf({ table: raw, architectures }: ArchitectureTable, columns: readonly string[]): ColumnTable {
  // Named by their number, so that names in the file cannot collide with others.
  const folded = columns.map((_, index) => String(index));
  const indexOf = new Map(raw.columns.map((column, index) => [column, index]));
  const indices = columns.map((column) => indexOf.get(column)!);
  if (columns.length === 0) return table({ architecture: [], number: [], column: [], cell: [] });
  const wide = new Map<string, readonly (Cell | undefined)[]>([
    ['architecture', architectures],
    ['number', raw.rows.map(({ number }) => number)],
    ...folded.map((name, index) => [name, raw.rows.map(({ cells }) => cells[indices[index]!])] as const),
  ]);
  return table(wide)
    .fold(folded, { as: ['column', 'cell'] })
    .filter(escape(({ cell }: ArchitectureCell) => !isMissing(cell)))
    .derive({ column: escape(({ column }: { column: string }) => Number(column)) })
    .reify();
}

/**
 * Returns the architecture of each row of a table: the values of some columns, joined by ` @ `.
 * @throws ConfigError if one has no name, or if two have the same
 */
export function architecturesOf({ source, columns, counted, rows }: RawTable, keys: readonly string[]): string[] {
  const indices = keys.map((column) => columns.indexOf(column));
  const problems: string[] = [];
  const seen = new Map<string, number>();
  const names = rows.map(({ number, cells }) => {
    const parts = indices.map((index) => String(cells[index] ?? ''));
    if (parts.includes(''))
      problems.push(`${counted} ${number}: column ${keys[parts.indexOf('')]} must be a name, got ""`);
    const name = parts.join(' @ ');
    const earlier = seen.get(name);
    if (earlier !== undefined)
      problems.push(
        `${counted} ${number} repeats ${counted} ${earlier}: architecture ${name}; more columns may distinguish them`,
      );
    seen.set(name, number);
    return name;
  });
  refuse(source, problems);
  return names;
}
