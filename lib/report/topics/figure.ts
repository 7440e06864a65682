import type { Chart, Form } from '../charts/chart.ts';
import type { ErrorScale } from '../charts/scales.ts';
import type { Theme } from '../charts/theme.ts';
import type { Markup } from '../markup.ts';

/** What a figure shows as text and numbers. */
export interface FigureTable {
  header: readonly string[];
  rows: readonly (readonly (string | number | null)[])[];
}

/** What a page shows, as its reader chose it. */
export interface Display {
  scale: ErrorScale;
  /** Key of the parameter whose values are drawn against errors. */
  parameter: string | undefined;
  /** The dataset whose ranking is compared with that of the reference. */
  target: string | undefined;
}

/** What a page shows before its reader has chosen anything, and what files show. */
export const initialDisplay: Display = { scale: 'linear', parameter: undefined, target: undefined };

export interface Figure {
  /** Of its files: lower-case letters, digits and dashes. */
  id: string;
  /** What it shows, for those who cannot see it. */
  alternative: string;
  /** What the page writes above it, if that is not a part of the drawing. */
  heading?: string;
  /** Whether it is drawn again for another `Display`. */
  isInteractive?: boolean;
  /** Whether it is of parts of the reference: what is shown if the reader wants it. */
  isOfParts?: boolean;
  /** Whether a phone gets a drawing of its own. */
  hasNarrow?: boolean;
  draw: (theme: Theme, display: Display, form?: Form) => Chart;
  /** The figure as a part of the page that is no drawing, such as a table with small charts. */
  asTable?: () => Markup;
  /** Its data. */
  table: () => FigureTable;
}

/** A part of a figure's id from any name; `number` keeps the ids of similar names apart. */
export const idPart = (name: string, number: number): string =>
  `${number}-${name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40)}`.replace(/-$/, '');
