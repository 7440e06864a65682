/** Lays out columns as `momentSums` reads them: two at a time, item by item; an odd last one is paired with zeros. */
export function inPairs(columns: readonly Float64Array[], length: number): Float64Array {
  const result = new Float64Array(2 * Math.ceil(columns.length / 2) * length);
  columns.forEach((column, index) => {
    const first = 2 * length * Math.floor(index / 2) + (index % 2);
    column.forEach((value, row) => (result[first + 2 * row] = value));
  });
  return result;
}
