import type { Worker } from '@temporalio/worker';

/** Workers that poll their task queues. */
export interface RunningWorkers {
  /** Rejects when a worker cannot go on; settles when all have stopped. */
  ended: Promise<void>;
  /** Interrupts their activities, and settles when these have ended, which takes seconds. */
  stop(): Promise<void>;
}

export function runWorkers(workers: readonly Worker[]): RunningWorkers {
  const ended = Promise.all(workers.map((worker) => worker.run())).then(() => undefined);
  // Whoever waits for it sees the failure; nobody may be waiting yet.
  ended.catch(() => undefined);
  return {
    ended,
    async stop() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
}
