import { analyzeResults } from '../analyze.ts';
import type { AnalysisJob } from './in-child.ts';

/** The process that `analyzeInChild` starts: it is sent one job, answers, and ends; without its parent it ends too. */
process.once('disconnect', () => process.exit(1));
process.once('message', (message) => {
  const { rows, options } = message as AnalysisJob;
  process.send?.(analyzeResults(rows, options), undefined, undefined, () => process.exit(0));
});
