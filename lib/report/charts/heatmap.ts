import { signed } from '../words/numbers.ts';
import { characterWidth, chart, type Chart } from './chart.ts';
import { element, label } from './svg.ts';
import type { Theme } from './theme.ts';

export interface HeatmapInput {
  rows: readonly string[];
  columns: readonly string[];
  /** In [-1, 1]; null where it is undefined. */
  value: (row: number, column: number) => number | null;
}

const cell = { width: 46, height: 21 };
const longest = 30;
/** The strongest colour still lets the number on it be read. */
const strongest = 0.62;

/** Correlations as coloured cells with their numbers. */
export function heatmapChart({ rows, columns, value }: HeatmapInput, theme: Theme): Chart {
  const reach = (labels: readonly string[]) =>
    characterWidth *
    Math.min(
      longest,
      labels.reduce((most, text) => Math.max(most, text.length), 0),
    );
  const left = 12 + reach(rows);
  const top = 14 + 0.72 * reach(columns);
  const right = left + cell.width * columns.length;
  return chart(right + 0.72 * reach(columns.slice(-1)), top + cell.height * rows.length + 4, [
    ...columns.map((text, column) => {
      const x = left + cell.width * (column + 0.5);
      return label(text, { transform: `translate(${x} ${top - 8}) rotate(-42)`, fill: theme.ink }, longest);
    }),
    ...rows.map((text, row) =>
      label(
        text,
        { x: left - 7, y: top + cell.height * (row + 0.5) + 4, 'text-anchor': 'end', fill: theme.ink },
        longest,
      ),
    ),
    ...rows.flatMap((_, row) =>
      columns.map((__, column) =>
        coloured(value(row, column), left + cell.width * column, top + cell.height * row, theme),
      ),
    ),
  ]);
}

function coloured(value: number | null, x: number, y: number, theme: Theme): string {
  const colour = value === null ? theme.faint : value < 0 ? theme.negative : theme.positive;
  const strength = value === null ? 0.3 : strongest * Math.min(1, Math.abs(value));
  return (
    element('rect', { x, y, width: cell.width - 1, height: cell.height - 1, fill: colour, 'fill-opacity': strength }) +
    label(signed(value), { x: x + cell.width / 2 - 0.5, y: y + 14, 'text-anchor': 'middle', fill: theme.ink })
  );
}
