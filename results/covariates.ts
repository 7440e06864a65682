import { isMissing, numberOf } from './foreign-numbers.ts';
import { refuse, type RawTable } from './raw-table.ts';

/** A table with the architecture of each row, and the names of its covariate columns. */
export interface CovariateTable {
  table: RawTable;
  architectures: readonly string[];
  covariates: readonly string[];
}

/**
 * The architecture of each row of a table: its cells in the given columns, joined by ` @ `.
 * @throws ConfigError if a row has no name, or two rows have the same
 */
export function architecturesOf({ source, columns, counted, rows }: RawTable, keys: readonly string[]): string[] {
  const places = keys.map((column) => columns.indexOf(column));
  const problems: string[] = [];
  const seen = new Map<string, number>();
  const names = rows.map(({ number, cells }) => {
    const parts = places.map((place) => String(cells[place] ?? ''));
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

/**
 * The covariates of each architecture that any of the tables contains.
 * @throws ConfigError if one is not a number, or if tables contradict each other
 */
export function joinedCovariates(tables: readonly CovariateTable[]): Map<string, Record<string, number | null>> {
  const joined = new Map<string, Record<string, number | null>>();
  const origins = new Map<string, string>();
  const all = [...new Set(tables.flatMap(({ covariates }) => covariates))];
  for (const { table, covariates, architectures } of tables) {
    const problems: string[] = [];
    table.rows.forEach(({ number, cells }, row) => {
      const architecture = architectures[row]!;
      const own = joined.get(architecture) ?? Object.fromEntries(all.map((column) => [column, null]));
      joined.set(architecture, own);
      for (const column of covariates) {
        const cell = cells[table.columns.indexOf(column)]!;
        if (isMissing(cell)) continue;
        const value = numberOf(cell);
        const place = `${table.counted} ${number}`;
        const key = JSON.stringify([architecture, column]);
        if (value === undefined)
          problems.push(`${place}: column ${column} must be a number, got ${JSON.stringify(cell)}`);
        else if (own[column] !== null && own[column] !== value)
          problems.push(
            `${place}: ${column} of ${architecture} is ${value}, but ${own[column]} in ${origins.get(key)}`,
          );
        else {
          own[column] = value;
          origins.set(key, `${table.source}, ${place}`);
        }
      }
    });
    refuse(table.source, problems);
  }
  return joined;
}
