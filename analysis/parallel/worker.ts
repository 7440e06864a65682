import { parentPort, workerData } from 'node:worker_threads';
import type { AnalysisTable } from '../analysis-table.ts';
import { runJob, type Job, type JobFigures } from '../jobs.ts';
import { Kernel } from '../kernel/kernel.ts';

/** What a thread answers to a job that it was sent. */
export interface Answer {
  figures: Partial<JobFigures>;
}

/** A thread of `analyzeInParallel`: it has the table, is sent jobs one at a time, and ends when it is terminated. */
const table = workerData as AnalysisTable;
const kernel = new Kernel();
parentPort?.on('message', (job: Job) => {
  parentPort?.postMessage({ figures: runJob(kernel, table, job) } satisfies Answer);
});
