import type { ResultRow } from '../../results/results-table.ts';
import type { Markup } from '../markup.ts';
import type { PageData } from '../page-data.ts';
import type { Figure } from './figure.ts';

/** A finding: a headline without numbers, a sentence or two below it, and the numbers that it rests on. */
export interface Finding {
  headline: string;
  sentence: string;
  evidence: string[];
}

/** The input of a part of the page. */
export interface Material {
  data: PageData;
  rows: readonly ResultRow[];
}

/** A part of the page with a heading of its own. */
export interface Section {
  title: string;
  /** Its name in the list of contents; by default its title. */
  name?: string;
  content: Markup;
}

/** A question that a report answers, with everything that the page says and shows about it. To add one, list it in `index.ts`. */
export interface Topic {
  /** Id of its anchor. */
  id: string;
  /** Its figures, each of which can be saved. */
  figures: (data: PageData) => Figure[];
  /** Undefined if the results say nothing about it. */
  finding?: (data: PageData) => Finding | undefined;
  /** Content below its finding, on its card among the first answers. */
  card?: (data: PageData) => Markup | undefined;
  /** A part of the page. */
  section?: (material: Material) => Section | undefined;
  /** Tables with all numbers, folded. */
  numbers?: (data: PageData) => { title: string; content: Markup } | undefined;
}
