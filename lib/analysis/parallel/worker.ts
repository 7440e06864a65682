import { parentPort, workerData } from 'node:worker_threads';
import type { AnalysisTable } from '../table/analysis-table.ts';
import { runJob, type Job, type JobParts } from '../jobs.ts';
import { Kernel } from '../kernel/kernel.ts';

/** What a thread answers to a job: now and then the share that is done, and at the end its figures. */
export type Answer = { done: number } | { parts: JobParts };

/** Milliseconds between two shares. */
const pause = 250;

/** A thread of `analyzeInParallel`: it has the table, is sent jobs one at a time, and ends when it is terminated. */
const table = workerData as AnalysisTable;
const kernel = new Kernel();
const answer = (message: Answer) => parentPort?.postMessage(message);
parentPort?.on('message', (job: Job) => {
  let told = performance.now();
  const parts = runJob(kernel, table, job, {
    onProgress: (done) => {
      if (performance.now() < told + pause) return;
      told = performance.now();
      answer({ done });
    },
  });
  answer({ parts });
});
