import { join } from 'node:path';
import type { Analysis } from '../analysis/index.ts';
import { writeFileAtomically } from '../core/files/atomic-write.ts';
import { parquetOf } from '../results/columnar-files.ts';
import { csvOf, type FlatRow } from '../results/flat-rows.ts';
import type { ResultRow } from '../results/results-table.ts';
import { analysisTables } from './analysis-tables.ts';
import { forSpreadsheets } from './spreadsheet-text.ts';

/**
 * Writes the files of an analysis that programs read into a folder: `correlations.json`, `correlations.csv`, `targets.json`, and in
 * `tables/` each of its tables and the results themselves as CSV and Parquet; tables without rows are left out. In the CSV files, texts
 * that a spreadsheet would take for formulas get a leading apostrophe; the Parquet files have them unchanged.
 */
export async function writeAnalysis(folder: string, rows: readonly ResultRow[], analysis: Analysis): Promise<void> {
  const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;
  await writeFileAtomically(join(folder, 'correlations.json'), json(analysis.correlations));
  await writeFileAtomically(join(folder, 'targets.json'), json(analysis.targets));
  const tables = analysisTables(analysis);
  await writeFileAtomically(join(folder, 'correlations.csv'), csvOf(forSpreadsheets(tables.get('correlations')!())));
  await writeTables(folder, new Map([['results', () => rows] as const, ...tables]));
}

/** Writes tables into the folder `tables/` of a folder, each as CSV and Parquet; those without rows are left out. */
export async function writeTables(folder: string, tables: ReadonlyMap<string, () => Iterable<FlatRow>>): Promise<void> {
  for (const [name, rowsOf] of tables) {
    const table = rowsOf();
    if (isEmpty(table)) continue;
    await writeFileAtomically(join(folder, 'tables', `${name}.csv`), csvOf(forSpreadsheets(table)));
    await writeFileAtomically(join(folder, 'tables', `${name}.parquet`), parquetOf(table));
  }
}

const isEmpty = (rows: Iterable<unknown>) => rows[Symbol.iterator]().next().done === true;
