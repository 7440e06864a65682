import { escapeMarkup as escape } from './charts/svg.ts';

export { escapeMarkup as escape } from './charts/svg.ts';

/** The same for a text of several lines, whose ends are kept. */
export const escapeLines = (text: string): string => text.split('\n').map(escape).join('\n');

/** A cell: text, or a number with its digits grouped. */
export type Cell = string | number;

export interface TableOptions {
  caption?: string;
  /** Columns of long texts, which may break. */
  wide?: readonly number[];
}

/** An HTML table; numbers stand to the right. Ends of cells and rows are left out, as HTML allows: a study has many. */
export function htmlTable(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  { caption, wide = [] }: TableOptions = {},
): string {
  const isNumber = header.map((_, column) => isNumeric(rows.find((row) => row[column] !== '')?.[column]));
  const kind = (column: number) =>
    wide.includes(column) ? ' class=wide' : isNumber[column] === true ? ' class=number' : '';
  const line = (tag: 'td' | 'th', values: readonly Cell[]) =>
    `<tr>${values.map((value, column) => `<${tag}${kind(column)}${tag === 'th' ? ' scope=col' : ''}>${escape(cellText(value))}`).join('')}`;
  return `<div class=scroll tabindex=0><table>${caption === undefined ? '' : `<caption>${escape(caption)}</caption>`}<thead>${line('th', header)}<tbody>${rows.map((row) => line('td', row)).join('\n')}</table></div>`;
}

const cellText = (value: Cell) => (typeof value === 'number' ? value.toLocaleString('en-US') : value);

/** Whether a cell is a number, also one with a sign, an interval or a unit: those stand to the right. */
const isNumeric = (value: Cell | undefined) =>
  typeof value === 'number' || (value !== undefined && /^(–|[+−<]? ?[\d.,]+( %)?)$/.test(value));

/** A paragraph; what stands between backticks in the text is code. */
export const paragraph = (text: string, kind?: string): string =>
  `<p${kind === undefined ? '' : ` class="${kind}"`}>${escape(text).replace(/`([^`]+)`/g, '<code>$1</code>')}</p>`;

export const list = (items: readonly string[]): string =>
  `<ul>${items.map((item) => `<li>${escape(item)}`).join('')}</ul>`;

/** What opens when it is asked for; `content` is HTML. */
export const details = (summary: string, content: string): string =>
  `<details><summary>${escape(summary)}</summary>${content}</details>`;
