import { describe, expect, test } from 'vitest';
import { drawsTest } from '../../../../lib/analysis/inference/draws.ts';
import { simultaneous } from '../../../../lib/analysis/inference/simultaneous.ts';
import { expanded, unexpanded } from '../../../../lib/analysis/inference/student.ts';
import { analyzeResults } from '../../../../lib/analysis/index.ts';
import cases from '../golden/inference-cases.json' with { type: 'json' };
import { options, rowsOf } from '../results.ts';

// golden/inference_cases.py computes the expected values by NumPy, SciPy and statsmodels.
const close = (found: number | null | undefined, expected: number) =>
  expect(Math.abs(found! - expected)).toBeLessThan(1e-9);

describe.each(cases.reliabilities)('a reliability from seeds', ({ errors, reliability, balanced, needed }) => {
  const rows = errors[0]!.flatMap((_, seed) =>
    rowsOf(
      'reference',
      errors.map((own) => own[seed]!),
      { seed },
    ),
  );

  test("is statsmodels' analysis of variance", () => {
    const [found] = analyzeResults(rows, options()).reliabilities;
    close(found!.reliability, reliability);
    if (balanced !== null) close(found!.reliability, balanced);
    expect(found!.seedsNeeded).toBe(found!.reliabilityCi95![0] > 0 ? needed : null);
  });

  test('does not depend on how seeds are numbered', () => {
    const [before] = analyzeResults(rows, options()).reliabilities;
    const renumbered = rows.map((row) =>
      Number(row.architecture.slice(-3)) % 2 === 0 ? { ...row, seed: errors[0]!.length - 1 - row.seed } : row,
    );
    const [after] = analyzeResults(renumbered, options()).reliabilities;
    close(after!.reliability, before!.reliability!);
  });
});

test.each(cases.draws)('$draws random draws have the interval and p-value of Satterthwaite', (of) => {
  const { comparisons, interval, pValue, pValueCorrected, ...draws } = of;
  const found = drawsTest(draws, comparisons);
  interval.forEach((end, side) => close(found.interval![side], end));
  close(found.pValue, pValue);
  close(found.pValueCorrected, pValueCorrected);
});

test('simultaneous intervals and p-values are those of the max-t bootstrap', () => {
  const { n, values, draws, intervals, corrected, alone } = cases.simultaneous;
  const estimates = values.map((value, index) => ({ n, values: Float64Array.from([value, ...draws[index]!]) }));
  simultaneous(estimates, { resamples: 199 }, 'correlation').forEach((found, index) => {
    intervals[index]!.forEach((end, side) => close(found.interval![side], end));
    close(found.pValueCorrected, corrected[index]!);
    close(found.pValue, alone[index]!);
  });
});

test.each(cases.expanded)('the quantile $z of $n units is widened as by SciPy, and back', ({ z, n, t }) => {
  // jStat's normal distribution is accurate to 1e-9, and the widened quantile is only held against resamples.
  expect(Math.abs(expanded(z, n) - t)).toBeLessThan(1e-8);
  expect(Math.abs(unexpanded(t, n) - z)).toBeLessThan(1e-8);
});
