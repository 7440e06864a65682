import { html, type Markup } from '../markup.ts';
import { chart, type Chart } from './chart.ts';
import { element, label } from './svg.ts';
import { widest } from './text.ts';
import type { Theme } from './theme.ts';

/** A symmetric matrix of correlations, of which the lower triangle is shown. */
export interface MatrixInput {
  names: readonly { title: string; isOfParts: boolean }[];
  /** In [-1, 1]; null if undefined. */
  value: (row: number, column: number) => number | null;
}

const text = (value: number | null) => (value === null ? '–' : `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(2)}`);

/** Draws the triangle as a table; CSS colours its cells by `--v`, the size of the correlation. */
export function matrixTable({ names, value }: MatrixInput): Markup {
  const part = (index: number) => (names[index]!.isOfParts ? ' part' : '');
  const cell = (row: number, column: number) => {
    if (column > row) return html`<td class="empty${part(column)}"></td>`;
    if (column === row) return html`<td class="same${part(column)}"></td>`;
    const of = value(row, column);
    return html`<td
      class="${of === null ? 'none' : of < 0 ? 'negative' : 'positive'}${part(column)}"
      style="--v:${Math.abs(of ?? 0).toFixed(2)}"
    >
      ${text(of)}
    </td>`;
  };
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Matrix of correlations">
    <table class="matrix">
      <tbody>
        ${names.map(
          ({ title }, row) =>
            html`<tr${names[row]!.isOfParts ? html` class="part"` : ''}><th scope="row">${title}</th>${names.map((_, column) => cell(row, column))}</tr>\n`,
        )}
        <tr class="foot" aria-hidden="true">
          <td style="height:${Math.ceil(16 + Math.sin((42 * Math.PI) / 180) * widest(names.map(({ title }) => title)))}px"></td>
          ${names.map(({ title }, column) => html`<td class="${part(column).trim()}"><span>${title}</span></td>`)}
        </tr>
      </tbody>
    </table>
  </div>`;
}

const cell = { width: 46, height: 30 };
const longest = 220;

/** Draws the same as a stand-alone chart. */
export function matrixChart({ names, value }: MatrixInput, theme: Theme): Chart {
  const titles = names.map(({ title }) => title);
  const left = 12 + Math.min(longest, widest(titles));
  const reach = 0.7 * Math.min(longest, widest(titles));
  const bottom = 6 + cell.height * names.length;
  return chart(left + cell.width * names.length + reach, bottom + reach + 24, [
    ...titles.flatMap((title, row) => {
      const y = 6 + cell.height * row;
      return [
        label(title, left - 8, y + 20, { anchor: 'end', fill: theme.ink, longest }),
        ...titles.slice(0, row + 1).flatMap((_, column) => {
          const x = left + cell.width * column;
          const of = column === row ? null : value(row, column);
          const fill =
            column === row ? theme.raised : of === null ? theme.grid : of < 0 ? theme.negative : theme.positive;
          const opacity = column === row || of === null ? 1 : 0.7 * of * of;
          return [
            element('rect', { x, y, width: cell.width - 2, height: cell.height - 2, fill, 'fill-opacity': opacity }),
            ...(column === row
              ? []
              : [label(text(of), x + cell.width / 2 - 1, y + 19, { anchor: 'middle', fill: theme.ink })]),
          ];
        }),
      ];
    }),
    ...titles.map((title, column) => {
      const x = left + cell.width * (column + 0.5);
      return label(title, 0, 0, {
        ...{ fill: theme.muted, longest, transform: `translate(${Math.round(x)} ${bottom + 14}) rotate(42)` },
      });
    }),
  ]);
}

/**
 * Returns an order that places similar items together: the leaves of average linkage (Sokal and Michener 1958) on 1 - r, with each pair of
 * branches turned so that their nearest ends meet.
 */
export function clusteredOrder(count: number, value: (row: number, column: number) => number | null): number[] {
  const distance = (a: number, b: number) => 1 - (value(a, b) ?? 0);
  let clusters = Array.from({ length: count }, (_, index) => [index]);
  const between = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, i) => sum + b.reduce((inner, j) => inner + distance(i, j), 0), 0) / (a.length * b.length);
  while (clusters.length > 1) {
    let [x, y, least] = [0, 1, Infinity];
    clusters.forEach((a, i) =>
      clusters.slice(i + 1).forEach((b, k) => {
        const of = between(a, b);
        if (of < least) [x, y, least] = [i, i + 1 + k, of];
      }),
    );
    const [a, b] = [clusters[x]!, clusters[y]!];
    const turned = [
      [a, b],
      [[...a].reverse(), b],
      [a, [...b].reverse()],
      [[...a].reverse(), [...b].reverse()],
    ].sort((p, q) => distance(p[0]!.at(-1)!, p[1]![0]!) - distance(q[0]!.at(-1)!, q[1]![0]!))[0]!;
    clusters = [...clusters.filter((_, index) => index !== x && index !== y), turned.flat()];
  }
  const order = clusters[0] ?? [];
  // The reference, item 0, stands nearer to the beginning.
  return order.indexOf(0) > (order.length - 1) / 2 ? [...order].reverse() : order;
}
