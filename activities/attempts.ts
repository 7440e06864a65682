import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { ZodError } from 'zod';
import { OperationalError, type ErrorCategory } from '../lib/core/errors.ts';

/** The details in an attempt's heartbeats, which the next attempt receives too. */
export interface AttemptDetails<Progress> {
  /** Attempts that failed by themselves: a crash or an internal error. */
  failures: number;
  /** Attempts in a row whose worker was unsuitable. */
  handedBack: number;
  /** When failures of the infrastructure began, in milliseconds since 1970; null while there are none. */
  waitingSince: number | null;
  /** What the work last reported. */
  progress: Progress | null;
}

/** Milliseconds between heartbeats, independently of what the work reports. */
const beat = 1000;

/** Milliseconds for which the infrastructure may fail: long enough for an administrator to sleep. */
export const patience = 12 * 3600_000;

/** After this many attempts in a row on unsuitable workers, no worker is expected to be suitable. */
const mostHandedBack = 100;

/**
 * Milliseconds after which another worker may take an activity that this one has handed back. They grow, as the suitable workers may be
 * busy for hours while this one is not.
 */
const handBackDelay = (handedBack: number): number => Math.min(300_000, 10_000 * 2 ** (handedBack - 1));

export interface AttemptOptions {
  /** Failures after which there is no other attempt; those of the infrastructure do not count. */
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
  // No heartbeat at the start: work that takes less than a second needs none, and each costs the server as much as a workflow step.
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
      // That no worker is suitable is treated like a server that is down.
      type: category === 'unsuitable-worker' ? 'infrastructure' : category,
      nonRetryable: isFinal,
      ...(category === 'unsuitable-worker' ? { nextRetryDelay: handBackDelay(details.handedBack) } : {}),
    });
    // It says where this function is, after another copy of the message; that of the cause says where the error comes from.
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

/** Bytes of a message or stack: of a failure that another attempt follows, the server keeps 4 kB, or "Failure exceeds size limit." */
const mostKept = 1200;

/** An error as the server keeps it until the next attempt: beginning and end of its message and, if it was not foreseen, of its stack. */
function abridged(error: unknown) {
  const message = shortened(messageOf(error), mostKept);
  if (!(error instanceof Error) || error instanceof OperationalError) return { message };
  const cause = new Error(message);
  cause.name = error.name;
  cause.stack = shortened(error.stack ?? '', mostKept);
  return { message, cause };
}

/** A text in at most that many bytes of UTF-8, without its middle. */
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

/** The category of an error. An unforeseen error may or may not be temporary: it counts as a fault of this program, and is retried. */
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

/** Whether a disk or the network failed, according to Node's error codes; also if that is the cause, as in Node's `fetch failed`. */
function isEnvironmentError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return (
    (code !== undefined && [...environmentCodes, ...networkCodes].includes(code)) || isEnvironmentError(error.cause)
  );
}

/** The reason of the signal, which tells the server whether the work was cancelled or its worker is stopping. */
function interruption({ reason }: AbortSignal): CancelledFailure {
  return reason instanceof CancelledFailure ? reason : new CancelledFailure('the activity was interrupted');
}
