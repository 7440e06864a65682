import { Worker } from 'node:worker_threads';
import type { Analysis, AnalysisOptions } from '../analysis/analyze.ts';
import type { ResultRow } from '../results/results-table.ts';

export interface AnalysisJob {
  rows: readonly ResultRow[];
  options: AnalysisOptions;
}

/**
 * `analyzeResults` in a thread of its own. The resamples of a large study take minutes, in which this thread goes on with
 * heartbeats and everything else.
 */
export function analyzeInThread(job: AnalysisJob, signal?: AbortSignal): Promise<Analysis> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('analysis-thread.ts', import.meta.url), {
      workerData: job,
      execArgv: ['--import', 'tsx'],
    });
    const stop = () => {
      void thread.terminate();
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', stop, { once: true });
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', (code) => {
      signal?.removeEventListener('abort', stop);
      reject(new Error(`the analysis ended with code ${code} and without a result`));
    });
  });
}
