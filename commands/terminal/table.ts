/** Rows as text in columns: the named columns, by default the first, are left-aligned, all others right-aligned. */
export function textTable<Title extends string>(
  header: readonly Title[],
  rows: readonly (readonly string[])[],
  toTheLeft: readonly NoInfer<Title>[] = header.slice(0, 1),
): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  return [header, ...rows]
    .map((row) =>
      header
        .map((title, column) => {
          const cell = row[column] ?? '';
          const width = widths[column]!;
          return toTheLeft.includes(title) ? cell.padEnd(width) : cell.padStart(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A count with its digits grouped, e.g. `347,115,752`. */
export const grouped = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 0 });

const compactFormat = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 4 });

/** A count in short form, e.g. `347.1M`. */
export const compact = (value: number) => compactFormat.format(value);

/** A number of bytes in short form, e.g. `162 MiB`. */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const unit = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${Number((bytes / 1024 ** unit).toPrecision(3))} ${units[unit]}`;
}
