import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { bundledModules, type Bundle } from '../../core/files/bundled-modules.ts';
import type { ResultRow } from '../../results/results-table.ts';
import { analysisTable, type AnalysisOptions, type AnalysisTable } from '../table/analysis-table.ts';
import { analyzeResults, assembled } from '../analyze.ts';
import type { Analysis } from '../index.ts';
import { analysisJobs, costOf, type Job, type JobParts } from '../jobs.ts';
import type { Answer } from './worker.ts';

export interface ParallelOptions {
  /** By default the number of cores. Figures do not depend on it. */
  threads?: number;
  signal?: AbortSignal | undefined;
  /** Called from time to time with the share of the work done, in (0, 1]. */
  onProgress?: (done: number) => void;
}

/** Values to be drawn or compared up to which an analysis takes a fraction of a second, and threads would take longer to start. */
const fewValues = 20_000;

/**
 * Runs `analyzeResults` on other threads, so that this one stays free, unless there is little to compute.
 * @throws Error if the reference has no rows; the signal's reason if it is aborted
 */
export async function analyzeInParallel(
  rows: readonly ResultRow[],
  options: AnalysisOptions,
  { threads = availableParallelism(), signal, onProgress }: ParallelOptions = {},
): Promise<Analysis> {
  signal?.throwIfAborted();
  if (valuesOf(rows, options) <= fewValues) {
    const analysis = analyzeResults(rows, options);
    onProgress?.(1);
    return analysis;
  }
  const table = analysisTable(rows, options);
  const jobs = analysisJobs(table);
  const costs = jobs.map((job) => costOf(job, table));
  const all = costs.reduce((sum, cost) => sum + cost, 0);
  const shares = costs.map(() => 0);
  const parts = await runOnThreads(table, jobs, Math.min(threads, jobs.length), signal, (job, done) => {
    shares[job] = done * costs[job]!;
    onProgress?.(shares.reduce((sum, share) => sum + share, 0) / all);
  });
  return assembled(table, jobs, parts);
}

function valuesOf(
  { length }: readonly ResultRow[],
  { bootstrapResamples, curves = [], outcomes = [] }: AnalysisOptions,
): number {
  const ofImages = outcomes.reduce((sum, { images, runs }) => sum + images * runs.length, 0);
  return length * bootstrapResamples + curves.length + ofImages;
}

/** The code that a thread runs. */
export const analysisWorkerBundle: Bundle = {
  name: 'analysis-worker',
  entries: [new URL('worker.ts', import.meta.url)],
  platform: 'node',
};

async function runOnThreads(
  table: AnalysisTable,
  jobs: readonly Job[],
  threads: number,
  signal: AbortSignal | undefined,
  onProgress: (job: number, done: number) => void,
): Promise<JobParts[]> {
  const module = await bundledModules(analysisWorkerBundle);
  const parts: JobParts[] = [];
  const workers = Array.from({ length: threads }, () => new Worker(module, { workerData: table, execArgv: [] }));
  const ended = new AbortController();
  let next = 0;
  const work = (worker: Worker) =>
    new Promise<void>((resolve, reject) => {
      let current: number;
      const send = () => {
        if (next === jobs.length) return resolve();
        current = next++;
        worker.postMessage(jobs[current]);
      };
      worker.on('message', (answer: Answer) => {
        if ('done' in answer) return onProgress(current, answer.done);
        parts[current] = answer.parts;
        onProgress(current, 1);
        send();
      });
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('a thread of the analysis ended early')));
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { signal: ended.signal });
      send();
    });
  try {
    signal?.throwIfAborted();
    await Promise.all(workers.map(work));
    return parts;
  } finally {
    ended.abort();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
