import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { ZodError } from 'zod';
import { OperationalError, type ErrorCategory } from '../core/errors.ts';

/** What the heartbeats of an attempt carry, from one attempt to the next too. */
export interface AttemptDetails<Progress> {
  /** Attempts that ended in a failure of their own. */
  failures: number;
  /** Attempts in a row whose worker was not the right one. */
  handedBack: number;
  /** Since when nothing but the surroundings has failed, in milliseconds since 1970; null while they do not. */
  waitingSince: number | null;
  /** What the work last reported. */
  progress: Progress | null;
}

/** Milliseconds between heartbeats, whatever the work reports. */
const beat = 1000;

/** Milliseconds for which surroundings may be away: an administrator needs to sleep, too. */
const patience = 12 * 3600_000;

/** Attempts in a row on workers that are not the right ones, after which nobody is expected to be. */
const mostHandedBack = 100;

/**
 * How soon another worker may take what this one has handed back: milliseconds. Longer each time, as the right ones may be busy for
 * hours, while this one is not.
 */
const handBackDelay = (handedBack: number): number => Math.min(300_000, 10_000 * 2 ** (handedBack - 1));

export interface AttemptOptions {
  /** Failures after which there is no other attempt; those of the surroundings do not count. */
  maximumAttempts: number;
  /** Told where this worker is not the right one. */
  onUnsuitable?: ((error: OperationalError) => void) | undefined;
}

/**
 * Carries out one attempt of an activity, with heartbeats.
 *
 * What becomes of a failure depends on its category. An attempt that is interrupted (its worker stops or is killed, an operator
 * pauses or resets it) is no failure and may be repeated without end. One whose worker is not the right one is handed back for
 * others. Failures of the surroundings (a full disk, a store out of reach) are repeated for half a day; bad input never; all
 * others up to `maximumAttempts`. A failure that is final has its category as its type.
 *
 * @param work gets a function that reports progress, and a signal that aborts on cancellation and on shutdown
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
  // None at once: what is over within a second needs none, and each costs the server as much as a step of a workflow.
  const beats = setInterval(() => context.heartbeat(details), beat);
  try {
    return await work((progress) => {
      details.progress = progress;
      // It has come further: what was away is back.
      details.waitingSince = null;
      details.handedBack = 0;
    }, context.cancellationSignal);
  } catch (error) {
    if (context.cancellationSignal.aborted) throw interruption(context.cancellationSignal);
    const category = categoryOf(error);
    if (category === 'unsuitable-worker') onUnsuitable?.(error as OperationalError);
    const isFinal = count(details, category, maximumAttempts);
    context.heartbeat(details);
    throw ApplicationFailure.create({
      message: error instanceof Error ? error.message : String(error),
      // Nobody is the right one: as good as a server that is away.
      type: category === 'unsuitable-worker' ? 'infrastructure' : category,
      nonRetryable: isFinal,
      ...(category === 'unsuitable-worker' ? { nextRetryDelay: handBackDelay(details.handedBack) } : {}),
      ...(error instanceof Error ? { cause: error } : {}),
    });
  } finally {
    clearInterval(beats);
  }
}

/** Counts a failure, and tells whether it is final. */
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

/** What nobody foresaw may pass as well as not: it counts as a fault of this program, and is tried again. */
function categoryOf(error: unknown): ErrorCategory {
  if (error instanceof OperationalError) return error.category;
  if (error instanceof ZodError) return 'input';
  return isOfSurroundings(error) ? 'infrastructure' : 'internal';
}

const surroundings = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'ESTALE', 'EMFILE', 'ENFILE'];
const network = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
];

/** Whether a disk or the network failed, by the codes of Node; also where that is the cause, as in Node's `fetch failed`. */
function isOfSurroundings(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return (code !== undefined && [...surroundings, ...network].includes(code)) || isOfSurroundings(error.cause);
}

/** What the signal aborted with: the server knows from it whether the work was cancelled or its worker is stopping. */
function interruption({ reason }: AbortSignal): CancelledFailure {
  return reason instanceof CancelledFailure ? reason : new CancelledFailure('the activity was interrupted');
}
