/** A number for each architecture, NaN where it has none. */
export type Column = Float64Array;

/** Mean of what the columns have, architecture by architecture. */
export function meanColumn(columns: readonly Column[], length: number): Column {
  return Float64Array.from({ length }, (_, row) => {
    const values = columns.map((column) => column[row]!).filter((value) => !Number.isNaN(value));
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  });
}

const logarithms = new WeakMap<Column, Column>();

/** Natural logarithms, NaN of what is not positive; the same column for the same one. */
export function logarithmOf(column: Column): Column {
  const known = logarithms.get(column);
  if (known !== undefined) return known;
  const logarithm = column.map((value) => (value > 0 ? Math.log(value) : NaN));
  logarithms.set(column, logarithm);
  return logarithm;
}
