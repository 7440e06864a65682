import type { PageData } from '../page-data.ts';
import { claims } from './claims.ts';
import { classes } from './classes.ts';
import { datasets } from './datasets.ts';
import type { Figure } from './figure.ts';
import { pairs } from './pairs.ts';
import { parallel } from './parallel.ts';
import { proxies } from './proxies.ts';
import { ranks } from './ranks.ts';
import { repeatability } from './repeatability.ts';
import { runs } from './runs.ts';
import { settling } from './settling.ts';
import { structure } from './structure.ts';
import { subsets } from './subsets.ts';
import type { Finding, Topic } from './topic.ts';
import { training } from './training.ts';
import { transfer } from './transfer.ts';

/** The questions that a report answers, in their order on the page. */
export const topics: readonly Topic[] = [
  transfer,
  subsets,
  proxies,
  repeatability,
  settling,
  ranks,
  structure,
  datasets,
  classes,
  pairs,
  claims,
  training,
  runs,
  parallel,
];

/** Every figure of a report. */
export const figuresOf = (data: PageData): Figure[] => topics.flatMap(({ figures }) => figures(data));

/** The findings, the most important first. */
export const findingsOf = (data: PageData): Finding[] => topics.flatMap(({ finding }) => finding?.(data) ?? []);

/** What a reader of the findings must know. */
export const legend = 'ρ is Spearman’s rank correlation of the errors, r Pearson’s; 95 % intervals are in brackets.';

export { initialDisplay, type Figure, type FigureTable, type Display } from './figure.ts';
export type { Finding } from './topic.ts';
