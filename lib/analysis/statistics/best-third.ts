import { remembered } from '../table/vectors.ts';

/**
 * Returns the errors of the third of the architectures (rounded up) with the lowest errors, including ties at its end; NaN for the others.
 */
export const bestThirdOf = remembered((errors) => {
  const sorted = errors.filter((error) => !Number.isNaN(error)).sort();
  const most = sorted[Math.ceil(sorted.length / 3) - 1] ?? NaN;
  return errors.map((error) => (error <= most ? error : NaN));
});
