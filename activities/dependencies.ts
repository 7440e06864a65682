import type { Client } from '@temporalio/client';
import type { OperationalError } from '../lib/core/errors.ts';
import type { ExecutorsOptions } from '../lib/runs/executors.ts';
import type { AttemptOptions } from './attempts.ts';

/** The resources that a worker's activities use. */
export interface ActivityDependencies extends ExecutorsOptions {
  /** Called if this worker is given work that it cannot do. */
  onUnsuitable?: (error: OperationalError) => void;
  /** Whether a client's server has the search attributes of studies; absent if studies do not use them. */
  hasSearchAttributes?: (client: Client) => Promise<boolean>;
}

/** Options of the light activities. */
export const light: AttemptOptions = { maximumAttempts: 5 };
