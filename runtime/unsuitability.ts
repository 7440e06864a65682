import type { OperationalError } from '../lib/core/errors.ts';
import { TrainerFailure } from '../lib/training/command/trainer-failure.ts';
import { UnreadableDatasetError } from '../lib/runs/dataset-cache.ts';
import { EngineUnavailableError } from '../lib/runs/trainer.ts';
import type { BackgroundFailures } from './background-failures.ts';

export interface UnsuitabilityOptions {
  /** Whether other workers can take what this one hands back. */
  hasOthers: boolean;
  failures: BackgroundFailures;
  /** Prints a message for the user. */
  say: (text: string) => void;
}

/** Errors which say that another worker can do the work, and that this one can do other work. */
const lacking = [UnreadableDatasetError, TrainerFailure, EngineUnavailableError];

/**
 * Handles work that this worker cannot do. If the worker only lacks a dataset, or something that a trainer needs, and other workers exist,
 * it says so once and continues with other work; otherwise it ends, because nobody else could do the work, or its results would be wrong.
 */
export function unsuitability({ hasOthers, failures, say }: UnsuitabilityOptions): (error: OperationalError) => void {
  const said = new Set<string>();
  return (error) => {
    if (!hasOthers || !lacking.some((Kind) => error instanceof Kind)) return failures.add(error);
    // The following lines are the last output of a trainer, which differs from run to run.
    const [reason] = error.message.split('\n', 1) as [string];
    if (said.has(reason)) return;
    said.add(reason);
    say(`Runs are left to other workers: ${error.message}`);
  };
}
