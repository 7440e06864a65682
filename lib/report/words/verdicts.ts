import type { TargetAnalysis, Verdict } from '../../analysis/index.ts';

/** E.g. "holds on"; a weak one has a direction. */
export function verdictWords({ verdict, verdictCi95 }: Pick<TargetAnalysis, 'verdict' | 'verdictCi95'>): string {
  if (verdict === 'weak')
    return verdictCi95 !== null && verdictCi95[0] > 0 ? 'holds at least weakly on' : 'is at least weakly reversed on';
  return words[verdict];
}

const words: Record<Exclude<Verdict, 'weak'>, string> = {
  holds: 'holds on',
  gone: 'says next to nothing of',
  reversed: 'is reversed on',
  undecided: 'is undecided on',
};
