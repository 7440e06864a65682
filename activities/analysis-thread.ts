import { parentPort, workerData } from 'node:worker_threads';
import { analyzeResults } from '../analysis/analyze.ts';
import type { AnalysisJob } from './threaded-analysis.ts';

/** The body of the thread that `analyzeInThread` starts. */
const { rows, options } = workerData as AnalysisJob;
parentPort?.postMessage(analyzeResults(rows, options));
