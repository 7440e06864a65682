import { describe, expect, test } from 'vitest';
import { drawsTest } from '../../../../lib/analysis/inference/draws.ts';
import { errorOfDifference } from '../../../../lib/analysis/inference/dependent-correlations.ts';
import { notExcludedAsBest, simultaneous } from '../../../../lib/analysis/inference/simultaneous.ts';
import { expanded, studentCdf, studentQuantile } from '../../../../lib/analysis/inference/student.ts';
import { maxTPValues, permutationTests } from '../../../../lib/analysis/inference/permutation.ts';
import { verdictOf } from '../../../../lib/analysis/inference/verdict.ts';
import { Kernel } from '../../../../lib/analysis/kernel/kernel.ts';
import { probit } from '../../../../lib/core/probit.ts';
import { analyzeResults } from '../../../../lib/analysis/index.ts';
import cases from '../golden/inference-cases.json' with { type: 'json' };
import { options, rowsOf } from '../results.ts';

// golden/inference_cases.py computes the expected values by NumPy, SciPy and statsmodels.
const close = (found: number | null | undefined, expected: number) =>
  expect(Math.abs(found! - expected)).toBeLessThan(1e-9);

describe.each(cases.reliabilities)('a reliability from seeds', ({ errors, reliability, balanced, icc, needed }) => {
  const rows = errors[0]!.flatMap((_, seed) =>
    rowsOf(
      'reference',
      errors.map((own) => own[seed]!),
      { seed },
    ),
  );

  test("is that of statsmodels' analysis of variance, and pingouin's ICC", () => {
    const [found] = analyzeResults(rows, options()).reliabilities;
    close(found!.reliability, reliability);
    if (balanced !== null) close(found!.reliability, balanced);
    if (icc !== null) close(found!.reliability, icc);
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

test.each(cases.draws)(
  '$draws random draws have the interval of Satterthwaite, and p-values corrected as by statsmodels',
  (of) => {
    const { comparisons, level, interval, pValue, pValueCorrected, ...draws } = of;
    const found = drawsTest(draws, comparisons, level);
    interval.forEach((end, side) => close(found.interval![side], end));
    close(found.pValue, pValue);
    close(found.pValueCorrected, pValueCorrected);
  },
);

test.each(cases.welch)("random draws that have nothing in common with the networks are SciPy's test of Welch", (of) => {
  const { interval, pValue, ...draws } = of;
  const found = drawsTest(draws, 1, 0.05);
  interval.forEach((end, side) => close(found.interval![side], end));
  close(found.pValue, pValue);
});

test("p-values corrected by maxT agree with an enumeration of all orders of six networks, with SciPy's rank correlations", () => {
  const { other, vectors, observed, largest, corrected, alone } = cases.maxT;
  const columns = vectors.map((vector) => Float64Array.from(vector));
  const found = permutationTests(new Kernel(), { permutations: 40_000, seed: 1 }, columns, Float64Array.from(other));
  observed.forEach((of, index) => close(found.observed[index], of));
  // Random orders come near all of them.
  alone.forEach((of, index) => expect(Math.abs(found.pValues[index]! - of)).toBeLessThan(0.01));
  const [exact] = maxTPValues([{ ...found, largest: Float64Array.from(largest) }]);
  corrected.forEach((of, index) => close(exact![index], of));
});

test.each(cases.best)('p-values of being the best are those of Hsu by the bootstrap, at level $level', (of) => {
  const { n, level, values, draws, pValues } = of;
  const figures = values.map((value, index) => ({ n, values: Float64Array.from([value, ...draws[index]!]) }));
  notExcludedAsBest(figures, { resamples: 199 }, level).forEach((found, index) => close(found, pValues[index]!));
});

test.each(cases.equivalence)('a ranking of rho $rho on $n networks is gone as two one-sided tests say', (of) => {
  const { rho, n, error, pValue } = of;
  // Resamples that are exactly normal.
  const resamples = 9999;
  const draws = Array.from({ length: resamples }, (_, index) =>
    Math.tanh(Math.atanh(rho) + error * probit((index + 0.5) / resamples)),
  );
  const estimate = { n, values: Float64Array.from([rho, ...draws]) };
  const [found] = simultaneous([{ estimate }], { resamples }, 'correlation', 0.05);
  expect(verdictOf(found!.interval) === 'gone').toBe(pValue <= 0.025);
});

describe.each(cases.simultaneous)('at level $level', ({ n, level, values, draws, intervals, corrected, alone }) => {
  test('intervals and p-values of correlations are those of the max-t bootstrap', () => {
    const family = values.map((value, index) => ({
      estimate: { n, values: Float64Array.from([value, ...draws[index]!]) },
    }));
    simultaneous(family, { resamples: 199 }, 'correlation', level).forEach((found, index) => {
      intervals[index]!.forEach((end, side) => close(found.interval![side], end));
      close(found.pValueCorrected, corrected[index]!);
      close(found.pValue, alone[index]!);
    });
  });
});

test.each(cases.differences)(
  "differences of dependent correlations have at least the error of Steiger's formula, at level $level",
  ({ n, level, pairs, draws, intervals, corrected }) => {
    const family = pairs.map(([a, b, between], index) => ({
      estimate: { n, values: Float64Array.from([a! - b!, ...draws[index]!]) },
      leastError: errorOfDifference(a!, b!, between!, n),
    }));
    simultaneous(family, { resamples: 199 }, 'difference', level).forEach((found, index) => {
      intervals[index]!.forEach((end, side) => close(found.interval![side], end));
      close(found.pValueCorrected, corrected[index]!);
    });
  },
);

test.each(cases.expanded)('the quantile $z of $n units is widened as by SciPy', ({ z, n, t }) => {
  close(expanded(z, n), t);
});

test.each(cases.student)("Student's t below $value with $degrees degrees is SciPy's", ({ value, degrees, level }) => {
  close(studentCdf(value, degrees), level);
  expect(Math.abs(studentQuantile(level, degrees) / value - 1)).toBeLessThan(1e-9);
});
