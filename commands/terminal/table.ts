import { printable } from '../../lib/core/printable.ts';
import { wrapped } from './wrap.ts';

export interface TableOptions<Title extends string> {
  /** Columns whose cells are left-aligned; by default the first. */
  left?: readonly NoInfer<Title>[];
  /** Columns that are dropped, in this order, if the table is too wide. */
  least?: readonly NoInfer<Title>[];
  /** Characters per line; by default the terminal's width, or unlimited elsewhere. */
  width?: number;
}

const gap = '  ';

/**
 * Formats rows as text in columns. If the table is too wide, the columns in `least` are dropped, then the last column is wrapped, and the
 * cells of the first are shortened.
 */
export function textTable<Title extends string>(
  header: readonly Title[],
  rows: readonly (readonly string[])[],
  { left = header.slice(0, 1), least = [], width = terminalWidth() }: TableOptions<Title> = {},
): string {
  const cells = rows.map((row) => header.map((_, column) => printable(row[column] ?? '')));
  const table = [[...header], ...cells];
  const widths = header.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const dropped = new Set<Title>();
  const total = () =>
    widths.reduce((sum, own, column) => (dropped.has(header[column]!) ? sum : sum + own + gap.length), -gap.length);
  for (const title of least) if (total() > width) dropped.add(title);
  const shown = header.flatMap((title, column) => (dropped.has(title) ? [] : [column]));
  const last = shown.at(-1)!;
  const isText = left.includes(header[last]!) && last !== shown[0];
  if (total() > width && isText) widths[last] = Math.max(shortestText, widths[last]! - (total() - width));
  if (total() > width) {
    const names = cells.map((row) => row[shown[0]!]!);
    widths[shown[0]!] = Math.max(distinctWidth(names), widths[shown[0]!]! - (total() - width));
  }
  return table.flatMap((row) => linesOf(row, shown, widths, isText, left, header)).join('\n');
}

/** Minimum widths to which the last column is wrapped and the first is shortened. */
const shortestText = 20;
const shortestName = 12;

const terminalWidth = () => (process.stdout.isTTY ? process.stdout.columns : Infinity);

function linesOf<Title extends string>(
  row: readonly string[],
  shown: readonly number[],
  widths: readonly number[],
  isText: boolean,
  left: readonly Title[],
  header: readonly Title[],
): string[] {
  const [first, ...more] = isText ? wrapped(row[shown.at(-1)!]!, widths[shown.at(-1)!]!) : [];
  const parts = shown.map((column, index) => {
    const own = widths[column]!;
    const cell = isText && index === shown.length - 1 ? first! : shortened(row[column]!, own);
    return left.includes(header[column]!) ? cell.padEnd(own) : cell.padStart(own);
  });
  const indent = ' '.repeat(shown.slice(0, -1).reduce((sum, column) => sum + widths[column]! + gap.length, 0));
  return [parts.join(gap).trimEnd(), ...more.map((line) => indent + line)];
}

/** Returns the smallest width to which names can be shortened and still be told apart. */
function distinctWidth(names: readonly string[]): number {
  const count = new Set(names).size;
  let width = shortestName;
  while (new Set(names.map((name) => shortened(name, width))).size < count) width++;
  return width;
}

/** Shortens a name by cutting out its middle if it is too long. */
function shortened(text: string, width: number): string {
  if (text.length <= width) return text;
  const end = Math.floor((width - 1) / 2);
  return `${text.slice(0, width - 1 - end)}…${text.slice(text.length - end)}`;
}

/** Created on first use, because that takes 50 ms, which most commands need not spend. */
let compactFormat: Intl.NumberFormat | undefined;

/** Formats a count in short form, e.g. as `347.1M`. */
export function compact(value: number): string {
  compactFormat ??= new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 4 });
  return compactFormat.format(value);
}
