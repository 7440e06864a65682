import { parentPort, workerData } from 'node:worker_threads';
import type { AnalysisTable } from '../table/analysis-table.ts';
import { runJob, type Job, type JobParts } from '../jobs.ts';
import { Kernel } from '../kernel/kernel.ts';

/** A thread's answer to a job: from time to time the share done, and at the end the figures. */
export type Answer = { done: number } | { parts: JobParts };

/** Milliseconds between reports of progress. */
const pause = 250;

/** A thread of `analyzeInParallel`: it holds the table, takes one job at a time, and runs until it is terminated. */
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
