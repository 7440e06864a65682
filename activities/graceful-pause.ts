import { setTimeout as sleep } from 'node:timers/promises';

/** The signals that end work: `pause` at its next checkpoint, `signal` immediately. */
export interface Ending {
  signal: AbortSignal;
  pause: AbortSignal;
}

/** Milliseconds between two checks whether a pause has become a cancellation. */
const interval = 2000;

/**
 * Carries out work that can end at its own checkpoints. If it is cancelled for a pause, it may continue to its next checkpoint, and is
 * stopped immediately only if the cancellation no longer means a pause.
 * @param cancelled aborts when the activity is cancelled, or its worker stops
 * @param isPause whether a cancellation is a pause
 */
export async function withGracefulPause<Result>(
  cancelled: AbortSignal,
  isPause: () => Promise<boolean>,
  work: (ending: Ending) => Promise<Result>,
): Promise<Result> {
  const end = new AbortController();
  const pause = new AbortController();
  const done = new AbortController();
  const onCancelled = async () => {
    while (!done.signal.aborted && (await isPause())) {
      pause.abort();
      await sleep(interval, undefined, { signal: done.signal }).catch(() => undefined);
    }
    end.abort(cancelled.reason);
  };
  const listener = () => void onCancelled();
  cancelled.addEventListener('abort', listener, { once: true });
  if (cancelled.aborted) listener();
  try {
    return await work({ signal: end.signal, pause: pause.signal });
  } finally {
    cancelled.removeEventListener('abort', listener);
    done.abort();
  }
}
