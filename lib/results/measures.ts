import { isEmpty, type RawTable } from './raw-table.ts';

/** Names of measures of networks in published tables, without case, punctuation and units. */
const measures =
  /^(n?(um)?(trainable)?param(eter)?s?(count)?|(g|m)?flops?|(g|m)?macs?|(m)?act(ivation)?s|depth|layers|(img|image|input|crop|test)size|resolution|memory|latency|throughput|(model)?size|epochs)$/;

/** Returns whether a column, by its name, measures networks (`params`, `GFLOPs`, `img_size`) and thus cannot be a dataset. */
export const isMeasure = (column: string): boolean =>
  column.length <= 60 && measures.test(column.toLowerCase().replaceAll(/\([^)]*\)|\[[^\]]*\]|[^a-z]/g, ''));

/** The largest number of datasets in an analysis, which compares each two of them; the same as for a study. */
export const mostDatasets = 1000;

/** Returns the columns that only number the rows: pandas and spreadsheets add them, unnamed or under typical names. */
export function indexColumns({ columns, rows }: RawTable): string[] {
  return columns.filter((column, index) => {
    if (!/^(|index|unnamed: ?\d+|__index_level_\d+__|#|rank|row)$/i.test(column)) return false;
    const first = Number(rows[0]?.cells[index]);
    return rows.every(({ cells }, row) => !isEmpty(cells[index]) && Number(cells[index]) === first + row);
  });
}
