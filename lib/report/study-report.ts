import type { Analysis } from '../analysis/index.ts';
import type { CurveRow } from '../results/curves-table.ts';
import type { ResultRow } from '../results/results-table.ts';
import { answer, legend } from './answer.ts';
import { pageScript } from './bundle.ts';
import { figuresOf } from './figures/index.ts';
import { counted } from './words/numbers.ts';
import { escape, list, paragraph } from './html.ts';
import { htmlPage } from './page.ts';
import { reportStyle } from './page-style.ts';
import { pageData, serializedPageData } from './page-data.ts';
import { choosingSection } from './sections/choosing.ts';
import { claimsSection } from './sections/claims.ts';
import { errorsSection } from './sections/errors.ts';
import { methodsSection } from './sections/methods.ts';
import { noiseSection } from './sections/noise.ts';
import { pairsSection } from './sections/pairs.ts';
import { proxiesSection } from './sections/proxies.ts';
import { runsSection } from './sections/runs.ts';
import { sizeSection } from './sections/size.ts';
import { structureSection } from './sections/structure.ts';
import { subsetsSection } from './sections/subsets.ts';
import { trainingSection } from './sections/training.ts';
import { transferSection } from './sections/transfer.ts';
import type { StudyMethods } from './study-methods.ts';

export interface StudyReportInput {
  title: string;
  description: string;
  /** What a reader must know before the figures. */
  notes?: readonly string[];
  rows: readonly ResultRow[];
  /** Of training; empty where there are none. */
  curves: readonly CurveRow[];
  analysis: Analysis;
  /** Architectures marked at each end of the reference's ranking. */
  extremes: number;
  /** Names of the structure parameters for people, by column. */
  parameterTitles: ReadonlyMap<string, string>;
  /** Of a study; absent for tables of others. */
  methods?: StudyMethods | undefined;
}

/**
 * A study's results as one self-contained HTML page: it opens from a file, loads nothing, and shows every figure and table without
 * its script, which links them. Names in it are untrusted.
 */
export async function studyReport(input: StudyReportInput): Promise<string> {
  const { title, description, notes = [], rows, methods } = input;
  const data = pageData(input);
  const figures = figuresOf(data);
  const sections = [
    claimsSection(data),
    transferSection(data, figures),
    errorsSection(data, figures),
    noiseSection(data, figures),
    subsetsSection(data, figures),
    sizeSection(data, figures),
    structureSection(data, figures),
    choosingSection(data, figures),
    proxiesSection(data, figures),
    trainingSection(data, figures),
    pairsSection(data, figures),
    runsSection(data, rows),
    methodsSection(data, methods),
  ].filter((part) => part !== undefined);
  const body = [
    ...(methods?.config.rehearsal === undefined
      ? []
      : [paragraph('This is a rehearsal: every number on this page is simulated, nothing was trained.', 'warning')]),
    description === '' ? '' : paragraph(description, 'lead'),
    ...notes.map((note) => paragraph(note)),
    paragraph(summary(data.datasets.length, data.architectures.length, rows), 'lead'),
    '<section id="answer" aria-label="The answer in words">',
    paragraph(legend, 'key'),
    ...answer(data).map(
      ({ sentence, evidence }) => `${paragraph(sentence, 'answer')}${evidence.length === 0 ? '' : list(evidence)}`,
    ),
    '</section>',
    `<nav aria-label="Contents"><ul>${sections.map(({ id, title: name }) => `<li><a href="#${id}">${escape(name)}</a>`).join('')}</ul></nav>`,
    '<div id="controls"></div>',
    '<main>',
    ...sections.map(
      ({ id, title: name, content }) =>
        `<section aria-labelledby="${id}"><h2 id="${id}">${escape(name)}</h2>\n${content}</section>`,
    ),
    '</main>',
  ].filter((part) => part !== '');
  return htmlPage(title, body.join('\n'), {
    script: await pageScript('report'),
    data: serializedPageData(data),
    style: reportStyle,
  });
}

function summary(datasets: number, architectures: number, rows: readonly ResultRow[]): string {
  const missing = rows.filter(({ top1Error }) => top1Error === null);
  const diverged = missing.filter(({ outcome }) => outcome === 'diverged').length;
  const without =
    missing.length === 0
      ? ''
      : `, of which ${missing.length} ${missing.length === 1 ? 'has' : 'have'} no result (${diverged} diverged)`;
  return `${counted(architectures, 'architecture')}, ${counted(datasets, 'dataset')}, ${counted(rows.length, 'run')}${without}.`;
}
