import { describe, expect, test } from 'vitest';
import { answer } from '../../../lib/report/answer.ts';
import { pageData } from '../../../lib/report/page-data.ts';
import { verdictOf } from '../../../lib/report/transfer-verdicts.ts';
import { madeUpResults } from './results.ts';

describe('what happens to a ranking', () => {
  test('is told by the interval of r: above 0, below 0, within 0.3 of it, or open', () => {
    expect(verdictOf({ pearsonCi95: [0.01, 0.2] })).toBe('carries');
    expect(verdictOf({ pearsonCi95: [-0.9, -0.01] })).toBe('reverses');
    expect(verdictOf({ pearsonCi95: [-0.3, 0.3] })).toBe('vanishes');
    expect(verdictOf({ pearsonCi95: [-0.3, 0.31] })).toBe('undecided');
    expect(verdictOf({ pearsonCi95: [0, 0.2] })).toBe('vanishes');
    expect(verdictOf({ pearsonCi95: null })).toBe('undecided');
  });
});

describe('the answer', () => {
  const data = pageData(madeUpResults({ architectures: 300, seeds: 2 }));
  const findings = answer(data);

  test('counts targets by what happens to the ranking, leaves parts of the reference out, and gives r with intervals', () => {
    const { sentence, evidence } = findings[0]!;
    expect(sentence).toBe(
      'The ranking of 300 architectures on imagenet carries over to 1 of 3 other datasets, vanishes on 1 (|r| at most 0.3) and is reversed on 1.',
    );
    expect(evidence[0]).toMatch(/^carries over to carrying: r \+0\.9\d \(\+0\.9\d to \+0\.9\d\)$/);
    expect(evidence[2]).toMatch(/^is reversed on reversing: r −0\.9\d \(−0\.9\d to −0\.\d\d\)$/);
  });

  test('tells the noise ceiling only where trainings were repeated', () => {
    expect(findings[1]!.sentence).toMatch(/^Errors vary from seed to seed, which alone keeps r from exceeding 0\.9\d/);
    const once = answer(pageData(madeUpResults({ architectures: 30 })));
    expect(once.some(({ sentence }) => sentence.includes('seed to seed'))).toBe(false);
  });

  test('tells whether subsets help, against the whole reference and against controls of as many images', () => {
    expect(findings[2]!.sentence).toMatch(
      /^Of 3 comparisons, each of one target and one number of classes, restricting imagenet to fewer classes raises r in (none|\d) and lowers it in (none|\d)\. Against as many images of all its classes, r is higher in (none|\d) and lower in (none|\d) of 3\.$/,
    );
  });

  test('names a proxy for each target with its probability of being the best', () => {
    const { evidence } = findings.at(-1)!;
    expect(evidence).toHaveLength(3);
    for (const line of evidence) expect(line).toMatch(/the best of all sources with a probability of \d+ %/);
  });
});
