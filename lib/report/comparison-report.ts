import { answer } from './answer.ts';
import { intervalChart } from './charts/intervals.ts';
import { pageTheme } from './charts/theme.ts';
import { agreements, differingFields } from './comparison.ts';
import { referencePairs } from './figures/transfer.ts';
import { dash, listed, signed, signedInterval } from './words/numbers.ts';
import { escape, htmlTable, list, paragraph } from './html.ts';
import { htmlPage } from './page.ts';
import { pageData, type PageData } from './page-data.ts';
import type { StudyReportInput } from './study-report.ts';

interface Compared {
  title: string;
  data: PageData;
}

/** Several studies side by side as one page: first in what their configs differ, then what each found. Names are untrusted. */
export function comparisonReport(studies: readonly StudyReportInput[]): string {
  const compared = studies.map((study): Compared => ({ title: study.title, data: pageData(study) }));
  const title = `${listed(studies.map((study) => study.title))}, side by side`;
  return htmlPage(
    title,
    [
      ...(studies.some(({ methods }) => methods?.config.rehearsal !== undefined)
        ? [paragraph('Rehearsals are among these: their numbers are simulated.', 'warning')]
        : []),
      '<main>',
      section('In what they differ', differences(studies)),
      section(
        'What each found',
        ...compared.map(
          ({ title: name, data }) => `<h3>${escape(name)}</h3>${list(answer(data).map(({ sentence }) => sentence))}`,
        ),
      ),
      section("Pearson's r with the reference", forest(compared), coefficients(compared)),
      section('How far their errors agree', agreementTable(studies)),
      '</main>',
    ].join('\n'),
  );
}

const section = (title: string, ...content: readonly string[]) =>
  `<section><h2>${escape(title)}</h2>${content.join('\n')}</section>`;

function differences(studies: readonly StudyReportInput[]): string {
  const known = studies.filter(({ methods }) => methods !== undefined);
  const fields = differingFields(known.map(({ methods }) => methods!.config));
  if (fields.length === 0) return '<p>Their configs are the same in every field.</p>';
  return htmlTable(
    ['field', ...known.map(({ title }) => title)],
    fields.map(({ field, values }) => [field, ...values.map((value) => value ?? 'absent')]),
    { wide: known.map((_, index) => index + 1) },
  );
}

const targetsOf = (compared: readonly Compared[]) => [
  ...new Set(compared.flatMap(({ data }) => referencePairs(data).map(({ b }) => b))),
];

const pairOf = ({ data }: Compared, target: string) => referencePairs(data).find(({ b }) => b === target);

function forest(compared: readonly Compared[]): string {
  const rows = targetsOf(compared).flatMap((target) => [
    { label: target },
    ...compared.map((study) => {
      const pair = pairOf(study, target);
      return {
        label: study.title,
        marks: pair === undefined ? [] : [{ value: pair.pearson, interval: pair.pearsonCi95 }],
      };
    }),
  ]);
  const { svg } = intervalChart(
    { rows, title: "Pearson's r with the reference of the study, 95 % interval", domain: [-1, 1] },
    pageTheme,
  );
  return `<figure><div class="scroll" role="img" aria-label="Pearson's r of each study; the table below has the numbers">${svg}</div></figure>`;
}

function coefficients(compared: readonly Compared[]): string {
  return htmlTable(
    [
      'dataset',
      'study',
      'reference',
      'n',
      "Pearson's r",
      '95 % interval',
      "Spearman's ρ",
      '95 % interval',
      'noise ceiling',
    ],
    targetsOf(compared).flatMap((target) =>
      compared.flatMap((study) => {
        const pair = pairOf(study, target);
        if (pair === undefined) return [];
        const ceiling = study.data.attenuation.find(
          ({ a, b }) => a === study.data.reference && b === target,
        )?.noiseCeiling;
        return [
          [
            ...[
              target,
              study.title,
              study.data.reference,
              pair.n,
              signed(pair.pearson),
              signedInterval(pair.pearsonCi95),
            ],
            ...[signed(pair.spearman), signedInterval(pair.spearmanCi95), ceiling == null ? dash : ceiling.toFixed(2)],
          ],
        ];
      }),
    ),
  );
}

function agreementTable(studies: readonly StudyReportInput[]): string {
  const found = agreements(studies);
  if (found.length === 0) return '<p>They have no dataset in common.</p>';
  return `<p>The same architectures in two studies: the correlation of their errors on a dataset. Trained with another seed, it tells how far results repeat; trained longer or otherwise, how far the ranking depends on the training.</p>${htmlTable(
    ['dataset', 'study', 'with', 'n', "Pearson's r", '95 % interval', "Spearman's ρ", '95 % interval'],
    found.map((of) => [
      ...[of.dataset, of.a, of.b, of.n, signed(of.pearson), signedInterval(of.pearsonCi95)],
      ...[signed(of.spearman), signedInterval(of.spearmanCi95)],
    ]),
  )}`;
}
