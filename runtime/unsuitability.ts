import type { OperationalError } from '../lib/core/errors.ts';
import { UnreadableDatasetError } from '../lib/runs/dataset-cache.ts';
import type { BackgroundFailures } from './background-failures.ts';

export interface UnsuitabilityOptions {
  /** Whether other workers can take what this one hands back. */
  hasOthers: boolean;
  failures: BackgroundFailures;
  /** Tells a person what happens. */
  say: (text: string) => void;
}

/**
 * What becomes of a worker that was given what it cannot do: one that lacks a dataset goes on with the others, and says so once; one
 * that could only give wrong results, or that nobody can stand in for, ends.
 */
export function unsuitability({ hasOthers, failures, say }: UnsuitabilityOptions): (error: OperationalError) => void {
  const said = new Set<string>();
  return (error) => {
    if (!hasOthers || !(error instanceof UnreadableDatasetError)) return failures.add(error);
    if (said.has(error.message)) return;
    said.add(error.message);
    say(`Runs are left to other workers: ${error.message}`);
  };
}
