import { expect, test } from 'vitest';
import { probit } from '../../../lib/core/probit.ts';

// SciPy 1.17, scipy.stats.norm.ppf.
test.each([
  [1e-12, -7.034483825301131],
  [1e-5, -4.264890793922825],
  [0.01, -2.3263478740408408],
  [0.0749, -1.4402382675279635],
  [0.2, -0.8416212335729142],
  [0.5, 0],
  [0.9, 1.2815515655446004],
  [0.975, 1.959963984540054],
  [1 - 2 ** -20, 4.763001034267814],
])("the quantile of the normal distribution at %d is SciPy's", (level, expected) => {
  expect(Math.abs(probit(level) - expected)).toBeLessThan(1e-13);
});

test('the quantile is infinite at 0 and 1, and NaN beyond', () => {
  expect([probit(0), probit(1), probit(-0.1), probit(1.1), probit(NaN)]).toEqual([-Infinity, Infinity, NaN, NaN, NaN]);
});
