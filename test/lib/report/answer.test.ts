import { describe, expect, test } from 'vitest';
import { answer } from '../../../lib/report/answer.ts';
import { pageData } from '../../../lib/report/page-data.ts';
import { madeUpResults } from './results.ts';

describe('the answer', () => {
  const data = pageData(madeUpResults({ architectures: 300, seeds: 2 }));
  const findings = answer(data);

  test('counts targets by their verdicts, leaves parts of the reference out, and gives rho with simultaneous intervals', () => {
    const { sentence, evidence } = findings[0]!;
    expect(sentence).toBe(
      'The ranking of 300 architectures on imagenet holds on 1 of 3 other datasets, says next to nothing of 1 and is reversed on 1.',
    );
    expect(evidence[0]).toMatch(/^holds on carrying: ρ \+0\.9\d \(\+0\.9\d to \+0\.9\d\)$/);
    expect(evidence[2]).toMatch(/^is reversed on reversing: ρ −0\.9\d \(−0\.9\d to −0\.\d\d\)$/);
  });

  test('tells the noise ceiling only where trainings were repeated', () => {
    expect(findings[1]!.sentence).toMatch(
      /^Errors vary from seed to seed, which alone keeps r from exceeding about 0\.9\d/,
    );
    const once = answer(pageData(madeUpResults({ architectures: 30 })));
    expect(once.some(({ sentence }) => sentence.includes('seed to seed'))).toBe(false);
  });

  test('tells whether subsets help, against the whole reference and against controls of as many images', () => {
    expect(findings[2]!.sentence).toMatch(
      /^Of 3 comparisons, each of one target and one number of classes, restricting imagenet to fewer classes (is not shown to change ρ in any|raises ρ in (none|\d) and lowers it in (none|\d))\. Against as many images of all its classes, ρ is shown to be higher in (none|\d) and lower in (none|\d) of 3\.$/,
    );
  });

  test('names a source for each target that one can predict', () => {
    const { evidence } = findings.at(-1)!;
    expect(evidence).toHaveLength(3);
    expect(evidence[0]).toMatch(/^carrying: .+, ρ \+0\.9\d .*cannot be told from the best/);
    expect(evidence.some((line) => line.endsWith(': nothing tried here is shown to predict it'))).toBe(true);
  });
});
