import type { Worker } from '@temporalio/worker';

/** Workers that poll their task queues. */
export interface RunningWorkers {
  /** Rejects if a worker cannot continue; resolves when all have stopped. */
  ended: Promise<void>;
  /** Interrupts their activities, and resolves when these have ended, which takes seconds. */
  stop(): Promise<void>;
}

export function runWorkers(workers: readonly Worker[]): RunningWorkers {
  const ended = Promise.all(workers.map((worker) => worker.run())).then(() => undefined);
  // Whoever awaits it sees the failure, but nobody may be waiting yet.
  ended.catch(() => undefined);
  return {
    ended,
    async stop() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
}
