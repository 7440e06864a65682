import { ZodError } from 'zod';
import { DatasetError } from '../datasets/dataset-error.ts';
import { ConfigError } from '../study/config.ts';
import { TrainingFailure } from '../training/failures.ts';

/** Attempts of the light activities. */
export const lightAttempts = 5;

/** Whether a failure may pass by itself, such as a full disk; what lies in the config or the data does not. */
export function isPassing(error: unknown): boolean {
  if (error instanceof TrainingFailure) return error.retryable;
  return !(
    error instanceof ConfigError ||
    error instanceof DatasetError ||
    error instanceof ZodError ||
    error instanceof RangeError ||
    error instanceof TypeError
  );
}
