import type { Client } from '@temporalio/client';
import type { OperationalError } from '../lib/core/errors.ts';
import type { ExecutorsOptions } from '../lib/runs/executors.ts';
import type { AttemptOptions } from './attempts.ts';

/** The resources that a worker's activities use. */
export interface ActivityDependencies extends ExecutorsOptions {
  /** Called when this worker was given work that it cannot do. */
  onUnsuitable?: (error: OperationalError) => void;
  /** Whether the server of a client has the search attributes of studies; absent if studies are not to have any. */
  hasSearchAttributes?: (client: Client) => Promise<boolean>;
}

/** Options of the light activities. */
export const light: AttemptOptions = { maximumAttempts: 5 };
