import { expect, test } from 'vitest';
import { benjaminiHochberg, holm } from '../../../lib/analysis/corrections.ts';

const pValues = [0.01, 0.04, 0.03, null, 0.005, 0.2, 0.04];

const rounded = (values: readonly (number | null)[]) =>
  values.map((value) => (value === null ? null : Number(value.toFixed(12))));

test("Holm's correction is that of statsmodels' multipletests, leaving nulls out", () => {
  expect(rounded(holm(pValues))).toEqual([0.05, 0.12, 0.12, null, 0.03, 0.2, 0.12]);
});

test("Benjamini and Hochberg's correction is that of SciPy's false_discovery_control, leaving nulls out", () => {
  expect(rounded(benjaminiHochberg(pValues))).toEqual([0.03, 0.048, 0.048, null, 0.03, 0.2, 0.048]);
});

test('a corrected p-value never exceeds 1', () => {
  expect(holm([0.6, 0.9])).toEqual([1, 1]);
  expect(benjaminiHochberg([0.6, 0.9])).toEqual([0.9, 0.9]);
});
