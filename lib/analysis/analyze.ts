import type { ResultRow } from '../results/results-table.ts';
import type { Analysis } from './analysis.ts';
import { analysisJobs, findings, runJob, type Job, type JobParts, type Selection } from './jobs.ts';
import { Kernel } from './kernel/kernel.ts';
import { analysisTable, type AnalysisOptions, type AnalysisTable } from './table/analysis-table.ts';
import { errorMatrix } from './table/errors.ts';

/**
 * Computes the statistics of a results table in this thread; `parallel/` does the same on several.
 * @param selection names of the statistics to compute; the lists of the others are empty. By default all
 * @throws Error if the reference has no rows
 */
export function analyzeResults(rows: readonly ResultRow[], options: AnalysisOptions, selection?: Selection): Analysis {
  const table = analysisTable(rows, options);
  const kernel = new Kernel();
  const jobs = analysisJobs(table, selection);
  const parts = jobs.map((job) => runJob(kernel, table, job, selection && { selection }));
  return assembled(table, jobs, parts);
}

/** Assembles the whole analysis from the parts of its jobs. */
export function assembled(table: AnalysisTable, jobs: readonly Job[], parts: readonly JobParts[]): Analysis {
  const { reference, replicates, permutations, seed, intervals, levels, cluster, facts, runs } = table;
  return {
    reference,
    methods: { resamples: replicates.resamples, permutations, seed, intervals, levels, cluster },
    matrix: errorMatrix(table),
    datasets: [...facts],
    runs: [...runs],
    ...findings(table, jobs, parts),
  };
}
