import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { ZodError } from 'zod';
import { OperationalError, type ErrorCategory } from '../lib/core/errors.ts';

/** The details of an attempt's heartbeats, which the next attempt receives. */
export interface AttemptDetails<Progress> {
  /** Attempts that failed by themselves: a crash or an internal error. */
  failures: number;
  /** Attempts in a row whose worker was unsuitable. */
  handedBack: number;
  /** Time at which infrastructure failures began, in milliseconds since 1970; null while there are none. */
  waitingSince: number | null;
  /** The latest progress that the work reported. */
  progress: Progress | null;
}

/** Milliseconds between heartbeats, regardless of how often the work reports. */
const beat = 1000;

/** Milliseconds for which the infrastructure may fail: long enough for an administrator to sleep. */
export const patience = 12 * 3600_000;

/** After this many attempts in a row on unsuitable workers, no worker is expected to be suitable. */
const mostHandedBack = 100;

/**
 * Returns the milliseconds before an activity that was handed back may be taken again. The delay grows because suitable workers may be busy
 * for hours while this one is idle.
 */
const handBackDelay = (handedBack: number): number => Math.min(300_000, 10_000 * 2 ** (handedBack - 1));

export interface AttemptOptions {
  /** Number of failures after which there is no other attempt; infrastructure failures do not count. */
  maximumAttempts: number;
  /** Called when this worker is unsuitable for the activity. */
  onUnsuitable?: ((error: OperationalError) => void) | undefined;
}

/**
 * Carries out one attempt of an activity, with heartbeats.
 *
 * How a failure is handled depends on its category. An interruption (the worker stops or is killed, an operator pauses or resets the
 * activity) is not a failure and is not counted here; the server allows a thousand attempts (workflows/policies.ts). An attempt on an
 * unsuitable worker is handed back to other workers. Failures of the infrastructure (a full disk, an unreachable store) are retried for
 * half a day, bad input never, all others up to `maximumAttempts`. A final failure has its category as its type.
 *
 * @param work receives a function that reports progress, and a signal that aborts on cancellation and on shutdown
 */
export async function attempt<Progress, Result>(
  { maximumAttempts, onUnsuitable }: AttemptOptions,
  work: (report: (progress: Progress) => void, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const context = Context.current();
  const earlier = context.info.heartbeatDetails as AttemptDetails<Progress> | undefined;
  const details: AttemptDetails<Progress> = {
    failures: earlier?.failures ?? 0,
    handedBack: earlier?.handedBack ?? 0,
    waitingSince: earlier?.waitingSince ?? null,
    progress: null,
  };
  // No heartbeat at the start: work of less than a second needs none, and each costs the server as much as a workflow step.
  const beats = setInterval(() => context.heartbeat(details), beat);
  try {
    return await work((progress) => {
      details.progress = progress;
      // Progress means that the infrastructure works again.
      details.waitingSince = null;
      details.handedBack = 0;
    }, context.cancellationSignal);
  } catch (error) {
    if (context.cancellationSignal.aborted) throw interruption(context.cancellationSignal);
    const category = categoryOf(error);
    if (category === 'unsuitable-worker') onUnsuitable?.(error as OperationalError);
    const isFinal = count(details, category, maximumAttempts);
    context.heartbeat(details);
    const failure = ApplicationFailure.create({
      ...(isFinal ? whole(error) : abridged(error)),
      // A lack of suitable workers is treated like a server that is down.
      type: category === 'unsuitable-worker' ? 'infrastructure' : category,
      nonRetryable: isFinal,
      ...(category === 'unsuitable-worker' ? { nextRetryDelay: handBackDelay(details.handedBack) } : {}),
    });
    // This stack would only repeat the message and point here; the stack of the cause shows where the error comes from.
    failure.stack = '';
    throw failure;
  } finally {
    clearInterval(beats);
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

const whole = (error: unknown) => ({
  message: messageOf(error),
  ...(error instanceof Error ? { cause: error } : {}),
});

/**
 * Bytes kept of a message or stack: if another attempt follows, the server keeps at most 4 kB of a failure, or only "Failure exceeds size
 * limit."
 */
const mostKept = 1200;

/**
 * Shortens an error for the server to keep until the next attempt: beginning and end of its message and, if it is unexpected, of its stack.
 */
function abridged(error: unknown) {
  const message = shortened(messageOf(error), mostKept);
  if (!(error instanceof Error) || error instanceof OperationalError) return { message };
  const cause = new Error(message);
  cause.name = error.name;
  cause.stack = shortened(error.stack ?? '', mostKept);
  return { message, cause };
}

/** Shortens text to at most that many bytes of UTF-8 by cutting out its middle. */
function shortened(text: string, bytes: number): string {
  const content = Buffer.from(text);
  if (content.length <= bytes) return text;
  const half = Math.floor(bytes / 2) - 5;
  return `${content.subarray(0, half).toString()} ... ${content.subarray(-half).toString()}`.replaceAll('\ufffd', '');
}

/** Counts a failure, and returns whether it is final. */
function count(details: AttemptDetails<unknown>, category: ErrorCategory, maximumAttempts: number): boolean {
  switch (category) {
    case 'usage':
    case 'input':
      return true;
    case 'infrastructure':
      details.waitingSince ??= Date.now();
      return Date.now() - details.waitingSince > patience;
    case 'unsuitable-worker':
      return ++details.handedBack >= mostHandedBack;
    case 'crash':
    case 'internal':
      return ++details.failures >= maximumAttempts;
    case 'interruption':
      return false;
  }
}

/** Returns the category of an error. An unexpected error may be temporary: it counts as a fault of this program and is retried. */
function categoryOf(error: unknown): ErrorCategory {
  if (error instanceof OperationalError) return error.category;
  if (error instanceof ZodError) return 'input';
  return isEnvironmentError(error) ? 'infrastructure' : 'internal';
}

const environmentCodes = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'ESTALE', 'EMFILE', 'ENFILE'];
const networkCodes = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
];

/** Whether a disk or the network failed, according to the Node error code of the error or of its cause, as in Node's `fetch failed`. */
function isEnvironmentError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return (
    (code !== undefined && [...environmentCodes, ...networkCodes].includes(code)) || isEnvironmentError(error.cause)
  );
}

/** Returns the reason of the signal, which tells the server whether the work was cancelled or its worker is stopping. */
function interruption({ reason }: AbortSignal): CancelledFailure {
  return reason instanceof CancelledFailure ? reason : new CancelledFailure('the activity was interrupted');
}
