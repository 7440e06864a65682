import { remembered } from '../table/vectors.ts';

/** The errors of the third of the architectures with the lowest ones, rounded up; ties at its end belong to it. NaN for the others. */
export const bestThirdOf = remembered((errors) => {
  const sorted = errors.filter((error) => !Number.isNaN(error)).sort();
  const most = sorted[Math.ceil(sorted.length / 3) - 1] ?? NaN;
  return errors.map((error) => (error <= most ? error : NaN));
});
