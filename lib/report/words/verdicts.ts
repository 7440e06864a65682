import { listed, numberWord } from './numbers.ts';
import type { Analysis, TargetAnalysis, Verdict } from '../../analysis/index.ts';
import { fewestUnits } from '../../analysis/inference/verdict.ts';

/** E.g. "holds on"; a weak one has a direction. */
export function verdictWords({ verdict, verdictCi95 }: Pick<TargetAnalysis, 'verdict' | 'verdictCi95'>): string {
  if (verdict === 'weak')
    return verdictCi95 !== null && verdictCi95[0] > 0 ? 'holds at least weakly on' : 'is at least weakly reversed on';
  return words[verdict];
}

/** Phrases that begin with such words as one, e.g. "holds on 5 of 8 datasets, is reversed on 2 and gone on 1": "is" is said once. */
export const verdictsInWords = (phrases: readonly string[]): string =>
  listed(phrases.map((phrase, index) => (phrases[index - 1]?.startsWith('is ') ? phrase.replace(/^is /, '') : phrase)));

const words: Record<Exclude<Verdict, 'weak'>, string> = {
  holds: 'holds on',
  gone: 'is gone on',
  reversed: 'is reversed on',
  undecided: 'is undecided on',
};

/** Why nothing has an interval; undefined if something has. */
export function whyNoIntervals(
  targets: readonly Pick<TargetAnalysis, 'verdictCi95' | 'n'>[],
  { cluster }: Pick<Analysis['methods'], 'cluster'>,
): string | undefined {
  if (targets.length === 0 || targets.some(({ verdictCi95 }) => verdictCi95 !== null)) return undefined;
  const least = `Intervals and verdicts need at least ${numberWord(fewestUnits)}`;
  if (targets.every(({ n }) => n < fewestUnits)) return `${least} networks.`;
  return cluster === null
    ? 'Errors that are all the same have no correlation.'
    : `${least} clusters of networks (values of ${cluster}).`;
}
