import { describe, expect, test } from 'vitest';
import type { TargetAnalysis } from '../../../../lib/analysis/index.ts';
import { reportData } from '../../../../lib/report/study-report.ts';
import { findingsOf } from '../../../../lib/report/topics/index.ts';
import { madeUpResults, type MadeUpOptions } from '../results.ts';

const findings = (options: MadeUpOptions) => findingsOf(reportData(madeUpResults(options)));
const one = (share: number, architectures = 200) =>
  findings({ architectures, datasets: { imagenet: { share: 1 }, mine: { share } } })[0]!;

describe('the headline', () => {
  test('of one target says what networks do there', () => {
    expect(one(0.9).headline).toBe('Networks that do well on imagenet also do well on mine');
    expect(one(-0.9).headline).toBe('Networks that do well on imagenet do badly on mine');
    expect(one(0, 500).headline).toBe('How well networks do on imagenet says next to nothing about mine');
    expect(one(0, 5).sentence).toContain('Intervals and verdicts need at least six networks.');
    expect(one(0, 5).headline).toBe('It is undecided whether networks that do well on imagenet also do well on mine');
  });

  test('of several targets counts them by verdict', () => {
    const { headline, evidence } = findings({ architectures: 300, seeds: 2 })[0]!;
    expect(headline).toBe('The ranking on imagenet holds on 1 of 3 datasets, is gone on 1 and reversed on 1');
    expect(evidence).toHaveLength(3);
    expect(evidence[0]).toMatch(
      /^carrying: holds; ρ \+0\.9\d \(\+0\.\d\d to \+0\.\d\d\), r \+0\.9\d \(.*\), 300 networks(;|$)/,
    );
  });

  test('of several targets counts weak verdicts with those of their direction', () => {
    const input = madeUpResults({ architectures: 30 });
    const headline = (...verdicts: Pick<TargetAnalysis, 'verdict' | 'verdictCi95'>[]) => {
      const own = input.analysis.targets.filter(({ target }) => !target.includes('/'));
      const targets = own.map((of, index) => ({ ...of, ...verdicts[index]! }));
      return findingsOf(reportData({ ...input, analysis: { ...input.analysis, targets } }))[0]!.headline;
    };
    const [holds, weak] = [
      { verdict: 'holds', verdictCi95: [0.5, 0.8] },
      { verdict: 'weak', verdictCi95: [0.1, 0.5] },
    ] as const;
    const against = { verdict: 'weak', verdictCi95: [-0.5, -0.1] } as const;
    expect(headline(holds, weak, against)).toBe(
      'The ranking on imagenet holds on 2 of 3 datasets (1 at least weakly) and is reversed at least weakly on 1',
    );
    expect(headline(weak, weak, weak)).toBe('The ranking on imagenet holds at least weakly on all 3 other datasets');
    const undecided = { verdict: 'undecided', verdictCi95: [-0.5, 0.5] } as const;
    expect(headline(undecided, undecided, undecided)).toBe(
      'It is undecided whether the ranking on imagenet holds on the 3 other datasets',
    );
    expect(headline({ verdict: 'reversed', verdictCi95: [-0.9, -0.5] }, against, undecided)).toBe(
      'The ranking on imagenet is reversed on 2 of 3 datasets (1 at least weakly) and undecided on 1',
    );
  });

  test('without another dataset says that nothing can be said', () => {
    const [finding] = findings({ architectures: 12, datasets: { imagenet: { share: 1 } } });
    expect(finding!.headline).toBe('12 networks on imagenet');
    expect(finding!.sentence).toContain('nothing can be said');
  });
});

test('every finding is one headline without numbers of figures, and a sentence that ends', () => {
  for (const seeds of [1, 2])
    for (const { headline, sentence } of findings({ architectures: 60, seeds })) {
      expect(headline).not.toMatch(/\d\.\d|undefined|NaN|\.$/);
      expect(sentence).toMatch(/^[A-Zρ][^]*\.$/);
      expect(sentence).not.toMatch(/undefined|NaN|null/);
    }
});

test('repeatability is reported only if trainings were repeated', () => {
  const headlines = (seeds: number) => findings({ architectures: 30, seeds }).map(({ headline }) => headline);
  expect(headlines(2).some((headline) => headline.includes('repeat'))).toBe(true);
  expect(headlines(1).some((headline) => headline.includes('repeat'))).toBe(false);
});

describe('the finding on how early the ranking settles', () => {
  const told = (visibleFrom: number | null, acrossSeeds = true) => {
    const input = madeUpResults({ architectures: 30, seeds: 2 });
    const curves = input.analysis.curves.map((curve) => ({ ...curve, acrossSeeds, visibleFrom }));
    const found = findingsOf(reportData({ ...input, analysis: { ...input.analysis, curves } }));
    return found.find(({ headline }) => /settle/.test(headline))!;
  };

  test('agrees with its number: one epoch settles, two epochs settle', () => {
    expect(told(1).headline).toBe('One of three epochs settles the ranking');
    expect(told(2).headline).toBe('Two of three epochs settle the ranking');
    expect(told(null).headline).toBe('No epoch before the last is shown to settle the ranking');
  });

  test('of one seed says that the curve flatters', () => {
    const { headline, sentence } = told(null, false);
    expect(headline).toBe('One seed cannot tell how early the ranking settles');
    expect(sentence).toContain('so the curve looks better than it is');
  });
});

test('fewer classes without as few images of all classes are one finding with its limit, whatever was found', () => {
  const datasets = {
    imagenet: { share: 1 },
    'imagenet/10-classes': { share: 1, classes: 10, classDraw: 0 },
    mine: { share: 0.8 },
  };
  const found = findings({ architectures: 30, datasets }).find(({ headline }) => headline.includes('guide'))!;
  expect(found.headline).toBe('It is undecided whether fewer classes make imagenet a better guide');
  expect(found.sentence).toBe(
    'No network was trained on as few images of all classes, so an effect of fewer classes cannot be told from one of fewer images.',
  );
});
