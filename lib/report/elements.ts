import { html, joined, trusted, type Content, type Markup } from './markup.ts';
import { escaped } from './markup.ts';

/** A cell: text, or a number with its digits grouped. */
export type Cell = string | number;

export interface TableOptions {
  caption?: string;
  /** Columns whose texts are wrapped if they are long. */
  wide?: readonly number[];
  /** Returns whether a row is about a part of the reference, which the reader can hide. */
  isOfParts?: (row: number) => boolean;
}

/** Returns an HTML table with right-aligned numbers. End tags of cells are left out, as HTML allows: a study has many cells. */
export function htmlTable(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  { caption, wide = [], isOfParts = () => false }: TableOptions = {},
): Markup {
  const isNumber = header.map((_, column) => isNumeric(rows.find((row) => row[column] !== '')?.[column]));
  const isWide = (column: number) =>
    wide.includes(column) && rows.some((row) => String(row[column] ?? '').length > longestNarrow);
  const kinds = header.map((_, column) =>
    isWide(column) ? ' class=wide' : isNumber[column] === true ? ' class=number' : '',
  );
  const cells = (values: readonly Cell[]) =>
    values.map((value, column) => `<td${kinds[column]}>${escaped(cellText(value))}`).join('');
  const body = rows.map((row, index) => `<tr${isOfParts(index) ? ' class=part' : ''}>${cells(row)}`).join('\n');
  const head = header.map((title, column) => html`<th scope="col" ${trusted(kinds[column]!)}>${title}</th>`);
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${
    caption ??
    header
      .filter((title) => title !== '')
      .slice(0, 3)
      .join(', ')
  }"><table>${
    caption === undefined
      ? ''
      : html`<caption>
          ${caption}
        </caption>`
  }<thead><tr>${head}<tbody>${trusted(body)}</table></div>`;
}

/** Longest text in characters that is not wrapped. */
const longestNarrow = 32;

const cellText = (value: Cell) => (typeof value === 'number' ? value.toLocaleString('en-US') : value);

/** Returns whether a cell is a number, possibly with a sign, an interval or a unit: such cells are right-aligned. */
const isNumeric = (value: Cell | undefined) =>
  typeof value === 'number' || (value !== undefined && /^(–|[+−<]? ?[\d.,]+( %)?)$/.test(value));

/** Returns a paragraph; text between backticks becomes code. */
export const paragraph = (text: string, kind?: string): Markup =>
  html`<p${kind === undefined ? '' : html` class="${kind}"`}>${trusted(escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>'))}</p>`;

export const list = (items: readonly string[]): Markup =>
  html`<ul>
    ${items.map((item) => html`<li>${item}</li>`)}
  </ul>`;

/** Returns content that the reader can unfold. */
export const details = (summary: string, ...content: readonly Content[]): Markup =>
  html`<details>
    <summary>${summary}</summary>
    ${joined(content)}
  </details>`;
