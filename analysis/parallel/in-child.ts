import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Analysis, AnalysisOptions } from '../analyze.ts';
import type { ResultRow } from '../../results/results-table.ts';

export interface AnalysisJob {
  rows: readonly ResultRow[];
  options: AnalysisOptions;
}

const childModule = fileURLToPath(new URL('child.ts', import.meta.url));
const keptOutput = 4000;

/**
 * `analyzeResults` in a process of its own. The resamples of a large study take minutes, in which this one goes on with
 * heartbeats and everything else.
 */
export function analyzeInChild(job: AnalysisJob, signal?: AbortSignal): Promise<Analysis> {
  return new Promise((resolve, reject) => {
    const child = fork(childModule, {
      execArgv: ['--import', 'tsx'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // Ctrl-C in the terminal is for this process, which ends the child.
      detached: true,
    });
    let output = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (output = (output + chunk).slice(-keptOutput)));
    const stop = () => child.kill('SIGKILL');
    signal?.addEventListener('abort', stop);
    if (signal?.aborted === true) stop();
    child.once('message', (analysis) => resolve(analysis as Analysis));
    child.once('error', reject);
    child.once('close', (code, exitSignal) => {
      signal?.removeEventListener('abort', stop);
      const reason = signal?.aborted === true ? (signal.reason as Error) : undefined;
      reject(reason ?? new Error(`the analysis ended with ${exitSignal ?? `code ${code}`} and no result; ${output}`));
    });
    child.send(job);
  });
}
