import type { Analysis, TargetAnalysis } from '../../lib/analysis/index.ts';
import { verdictsInWords, verdictWords, whyNoIntervals } from '../../lib/report/words/verdicts.ts';
import { listed } from '../../lib/report/words/numbers.ts';
import { printable } from '../../lib/core/printable.ts';
import { textTable } from './table.ts';

export type Headline = Pick<Analysis, 'targets' | 'reference' | 'matrix' | 'datasets' | 'methods'>;

/** Formats the findings as a sentence, and a table with a row for each dataset: rank correlation, interval and verdict. */
export const findingsText = (analysis: Headline, width?: number): string =>
  [
    [headline(analysis), whyNoIntervals(analysis.targets, analysis.methods) ?? []].flat().join('\n'),
    ...(analysis.targets.length === 0 ? [] : [verdictTable(analysis, width)]),
  ].join('\n\n');

/**
 * Returns e.g. `The ranking on fashion-mnist holds on mnist and is undecided on cifar10.`; about parts of the reference if there are no
 * other datasets.
 */
function headline({ targets: all, reference, datasets }: Headline): string {
  const whole = all.filter(({ target }) =>
    datasets.some(({ dataset, role }) => dataset === target && role === 'target'),
  );
  const targets = whole.length > 0 ? whole : all;
  if (targets.length === 0) return `There is no dataset besides ${printable(reference)}.`;
  const byWords = new Map<string, string[]>();
  for (const target of targets) {
    const words = verdictWords(target);
    byWords.set(words, [...(byWords.get(words) ?? []), target.target]);
  }
  if (targets.every(({ verdict }) => verdict === 'undecided'))
    return `It is undecided whether the ranking on ${printable(reference)} holds on ${namesOf(targets.map(({ target }) => target))}.`;
  const amounts = [...byWords].map(([words, names]) => `${words} ${namesOf(names)}`);
  return `The ranking on ${printable(reference)} ${verdictsInWords(amounts)}.`;
}

/** Lists names, or gives their number if there are too many to read. */
const namesOf = (names: readonly string[]): string =>
  names.length <= 4 ? listed(names.map(printable)) : `${names.length} datasets`;

function verdictTable({ targets, reference, matrix }: Headline, width?: number): string {
  const rows = targets.map((target: TargetAnalysis) => {
    const { verdictCi95 } = target;
    const errors = (matrix.errors.get(target.target) ?? []).filter((error) => error !== null);
    return [
      target.target,
      String(target.n),
      number(target.spearman),
      verdictCi95 === null ? '-' : `${number(verdictCi95[0])} to ${number(verdictCi95[1])}`,
      target.verdict,
      number(target.pearson),
      errors.length === 0
        ? '-'
        : `${(100 * Math.min(...errors)).toFixed(1)}-${(100 * Math.max(...errors)).toFixed(1)} %`,
    ];
  });
  return textTable([`with ${reference}`, 'n', 'rho', '95 % interval', 'verdict', 'Pearson r', 'errors'], rows, {
    least: ['errors', 'Pearson r', 'n'],
    ...(width === undefined ? {} : { width }),
  });
}

const number = (value: number | null) => (value === null ? '-' : `${value < 0 ? '' : '+'}${value.toFixed(3)}`);
