import type { OperationalError } from '../core/errors.ts';
import type { ExecutorsOptions } from '../runs/executors.ts';
import type { AttemptOptions } from './attempts.ts';

/** What a worker's activities work with. */
export interface ActivityDependencies extends ExecutorsOptions {
  /** Told when this worker was given what it cannot do. */
  onUnsuitable?: (error: OperationalError) => void;
}

/** Of the light activities. */
export const light: AttemptOptions = { maximumAttempts: 5 };
