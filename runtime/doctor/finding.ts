import { OperationalError } from '../../lib/core/errors.ts';

/** The finding of a check of this machine. */
export interface Finding {
  /** The subject of the check, e.g. `store`. */
  name: string;
  /** A warning means that something works, but not as well as it could. */
  status: 'ok' | 'warning' | 'failure';
  detail: string;
  /** The remedy, with the command if there is one; absent if all is well. */
  remedy?: string;
}

export const ok = (name: string, detail: string): Finding => ({ name, status: 'ok', detail });

export const warning = (name: string, detail: string, remedy: string): Finding => ({
  name,
  status: 'warning',
  detail,
  remedy,
});

export const failure = (name: string, detail: string, remedy: string): Finding => ({
  name,
  status: 'failure',
  detail,
  remedy,
});

/** Returns the message of an expected error or one from outside this program; rethrows faults of this program. */
export function reasonOf(error: unknown): string {
  if (error instanceof OperationalError) return error.message;
  if (error instanceof Error && ('code' in error || error.name !== 'Error')) return error.message;
  throw error;
}
