import { ZodError } from 'zod';
import { OperationalError } from '../core/errors.ts';

/** Attempts of the light activities. */
export const lightAttempts = 5;

/** Whether another attempt can succeed: unless an error says otherwise it can, as with most of what nobody foresaw. */
export function isRetryable(error: unknown): boolean {
  return error instanceof OperationalError ? error.isRetryable : !(error instanceof ZodError);
}
