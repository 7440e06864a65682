import { msToNumber, type Duration } from '@temporalio/common';
import { expect, test } from 'vitest';
import { patience } from '../../activities/attempts.ts';
import { evaluation, training } from '../../workflows/policies.ts';

/** Milliseconds from the first attempt to the last, if each fails at once. */
function reach({
  initialInterval,
  backoffCoefficient,
  maximumInterval,
  maximumAttempts,
}: Record<string, unknown>): number {
  const milliseconds = (interval: unknown) => msToNumber(interval as Duration);
  let sum = 0;
  for (let attempt = 1; attempt < (maximumAttempts as number); attempt++)
    sum += Math.min(
      milliseconds(maximumInterval),
      milliseconds(initialInterval) * (backoffCoefficient as number) ** (attempt - 1),
    );
  return sum;
}

test.each([
  ['training', training('mine', 'mnist', false)],
  ['evaluation', evaluation],
])('the attempts of a %s last longer than the half day for which infrastructure may fail', (_what, options) => {
  expect(reach({ ...options.retry })).toBeGreaterThan(2 * patience);
});
