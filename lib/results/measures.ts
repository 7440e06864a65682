import { isEmpty, type RawTable } from './raw-table.ts';

/** Names of measures of networks in published tables, without case, signs and units. */
const measures =
  /^(n?(um)?(trainable)?param(eter)?s?(count)?|(g|m)?flops?|(g|m)?macs?|(m)?act(ivation)?s|depth|layers|(img|image|input|crop|test)size|resolution|memory|latency|throughput|(model)?size|epochs)$/;

/** Whether the name of a column says that it measures networks (`params`, `GFLOPs`, `img_size`), so that it cannot be a dataset. */
export const isMeasure = (column: string): boolean =>
  column.length <= 60 && measures.test(column.toLowerCase().replaceAll(/\([^)]*\)|\[[^\]]*\]|[^a-z]/g, ''));

/** Datasets of an analysis, whose figures are of each two of them: as many as a study may have. */
export const mostDatasets = 1000;

/** Columns that only number the rows: those that pandas and spreadsheets add, under no name or their own. */
export function indexColumns({ columns, rows }: RawTable): string[] {
  return columns.filter((column, index) => {
    if (!/^(|index|unnamed: ?\d+|__index_level_\d+__|#|rank|row)$/i.test(column)) return false;
    const first = Number(rows[0]?.cells[index]);
    return rows.every(({ cells }, row) => !isEmpty(cells[index]) && Number(cells[index]) === first + row);
  });
}
