import type { Chart, Form } from '../charts/chart.ts';
import type { ErrorScale } from '../charts/scales.ts';
import type { Theme } from '../charts/theme.ts';
import type { Markup } from '../markup.ts';

/** The content of a figure as text and numbers. */
export interface FigureTable {
  header: readonly string[];
  rows: readonly (readonly (string | number | null)[])[];
}

/** The reader's choice of what a page shows. */
export interface Display {
  scale: ErrorScale;
  /** Key of the parameter whose values are drawn against errors. */
  parameter: string | undefined;
  /** The dataset whose ranking is compared with that of the reference. */
  target: string | undefined;
}

/** The choice before the reader has made one, and for files. */
export const initialDisplay: Display = { scale: 'linear', parameter: undefined, target: undefined };

export interface Figure {
  /** Name of its files: lower-case letters, digits and dashes. */
  id: string;
  /** Text alternative, for those who cannot see it. */
  alternative: string;
  /** Heading above it on the page, if it is not part of the drawing. */
  heading?: string;
  /** Whether it changes with `Display`. */
  isInteractive?: boolean;
  /** Whether it is about parts of the reference, which the reader can hide. */
  isOfParts?: boolean;
  /** Whether there is a separate drawing for phones. */
  hasNarrow?: boolean;
  draw: (theme: Theme, display: Display, form?: Form) => Chart;
  /** The figure as something other than a drawing, such as a table with small charts. */
  asTable?: () => Markup;
  /** Its data. */
  table: () => FigureTable;
}

/** Returns a part of a figure's id for any name; `number` keeps the ids of similar names apart. */
export const idPart = (name: string, number: number): string =>
  `${number}-${name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40)}`.replace(/-$/, '');
