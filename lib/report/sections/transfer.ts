import { referencePairs } from '../figures/transfer.ts';
import type { Figures } from '../figures/index.ts';
import { dash, percent, pValue, signed, signedInterval } from '../words/numbers.ts';
import { details, escape, htmlTable } from '../html.ts';
import type { PageData } from '../page-data.ts';
import type { PairCorrelation } from '../../analysis/index.ts';
import { isPart } from '../parts.ts';
import { nameOf } from '../titles.ts';
import { drawn, drawnSide, inScopes, marksKey, ofScope, section, type Section } from './section.ts';

const header = [
  ...['dataset', 'verdict', 'n', "Pearson's r", '95 % interval', 'p of ρ', 'p (corrected)'],
  ...["Spearman's ρ", '95 % interval', "Kendall's τ-b", '95 % interval', 'weighted τ', '95 % interval'],
];

/** Whether the reference's ranking carries over to each other dataset. */
export function transferSection(data: PageData, { forest, scatters }: Figures): Section {
  const { reference, targets } = data;
  const rowOf = (pair: PairCorrelation) => {
    const target = targets.find((of) => of.target === pair.b);
    return [
      ...[pair.b, target?.verdict ?? dash, pair.n, signed(pair.pearson), signedInterval(pair.pearsonCi95)],
      ...[pValue(target?.pValue), pValue(target?.pValueCorrected)],
      ...[
        signed(pair.spearman),
        signedInterval(pair.spearmanCi95),
        signed(pair.kendallTauB),
        signedInterval(pair.kendallTauBCi95),
      ],
      ...[signed(pair.weightedTau), signedInterval(pair.weightedTauCi95)],
    ];
  };
  const fixed = [...new Set(targets.flatMap(({ partialPearson }) => Object.keys(partialPearson)))];
  return section(
    'carry-over',
    `Does the ranking on ${reference} carry over?`,
    `<p>Each architecture is one observation. r is Pearson's correlation between its error on ${escape(reference)} and on another dataset: +1 where the ranking carries over, 0 where it says nothing, −1 where it is reversed.${data.attenuation.length === 0 ? '' : ' The bar across a line is the noise ceiling: more than that cannot be seen.'}</p>`,
    ...forest.map(drawn),
    inScopes(data, ({ has }) => {
      const rows = referencePairs(data)
        .filter(({ b }) => has(b))
        .map(rowOf);
      return rows.length === 0 ? '' : htmlTable(header, rows);
    }),
    fixed.length === 0
      ? ''
      : details(
          'At fixed size',
          `<p>Partial correlations: Pearson's r of what is left of both errors once a measure of size has explained what it can (least squares on its logarithm).</p>${htmlTable(
            ['dataset', ...fixed.flatMap((size) => [`r at fixed ${nameOf(data, size)}`, '95 % interval'])],
            targets.map(({ target, partialPearson, partialPearsonCi95 }) => [
              target,
              ...fixed.flatMap((size) => [signed(partialPearson[size]), signedInterval(partialPearsonCi95[size])]),
            ]),
          )}`,
        ),
    `<h3>Architecture by architecture</h3>${marksKey(data)}<p>The line is fitted by least squares to the accuracies on the chosen scale.</p>`,
    inScopes(data, (scope) => drawnSide(ofScope(scatters, scope))),
    details('The fitted lines', linesTable(data)),
    details(`The best and the worst on ${reference}`, extremesTable(data)),
  );
}

function linesTable({ targets }: PageData): string {
  const rows = targets.flatMap(({ target, linearLine, probitLine, logitLine }) =>
    (
      [
        ['linear', linearLine],
        ['probit', probitLine],
        ['logit', logitLine],
      ] as const
    ).map(([scale, line]) => [
      ...[target, scale, line.n, signed(line.slope), signedInterval(line.slopeCi95), signed(line.intercept)],
      line.r2 === null ? dash : line.r2.toFixed(2),
    ]),
  );
  return htmlTable(['target', 'scale', 'n', 'slope', '95 % interval', 'intercept', 'R²'], rows);
}

/** The best and the worst architectures on the reference, with their errors on every dataset that is no part of it. */
function extremesTable({ best, worst, architectures, datasets, errors: all }: PageData): string {
  const errors = all.filter((_, index) => !isPart(datasets[index]!));
  const line = (rank: string) => (index: number) => [
    rank,
    architectures[index]!,
    ...errors.map((column) => percent(column[index])),
  ];
  return htmlTable(
    ['', 'architecture', ...datasets.filter((facts) => !isPart(facts)).map(({ dataset }) => dataset)],
    [...best.map(line('best')), ...[...worst].reverse().map(line('worst'))],
  );
}
