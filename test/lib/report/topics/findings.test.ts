import { describe, expect, test } from 'vitest';
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
    expect(one(0, 5).headline).toBe('It is undecided whether networks that do well on imagenet also do well on mine');
  });

  test('of several targets counts them by verdict', () => {
    const { headline, evidence } = findings({ architectures: 300, seeds: 2 })[0]!;
    expect(headline).toBe(
      'The ranking on imagenet holds on 1 of 3 datasets, says next to nothing of 1 and is reversed on 1',
    );
    expect(evidence).toHaveLength(3);
    expect(evidence[0]).toMatch(
      /^carrying: holds; ρ \+0\.9\d \(\+0\.\d\d to \+0\.\d\d\), r \+0\.9\d \(.*\), 300 networks(;|$)/,
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

test('repeatability is told only if trainings were repeated', () => {
  const headlines = (seeds: number) => findings({ architectures: 30, seeds }).map(({ headline }) => headline);
  expect(headlines(2).some((headline) => headline.includes('repeat'))).toBe(true);
  expect(headlines(1).some((headline) => headline.includes('repeat'))).toBe(false);
});
