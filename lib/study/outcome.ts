import { z } from 'zod';

const count = z.int().min(0);

export const runCountsSchema = z.strictObject({
  /** Trained and tested by this study. */
  finished: count,
  /** Taken from the store, where another study had put them. */
  reused: count,
  /** The loss became NaN or infinite. */
  diverged: count,
  /** Every attempt ended in a failure. */
  failed: count,
});

/** How the runs on a dataset ended. */
export type RunCounts = z.infer<typeof runCountsSchema>;

/**
 * Returns how a run with a record counts in a study.
 * @param isOwn whether the record was written by this study
 * @returns undefined for a run that failed in another study: this one still has to try it
 */
export function countedAs(outcome: Exclude<keyof RunCounts, 'reused'>, isOwn: boolean): keyof RunCounts | undefined {
  if (isOwn) return outcome;
  return outcome === 'failed' ? undefined : 'reused';
}

export const studyOutcomeSchema = z.strictObject({
  studyId: z.string(),
  /** Keyed by the label of the dataset. */
  runs: z.record(z.string(), runCountsSchema),
});

/** How a study ended. */
export type StudyOutcome = z.infer<typeof studyOutcomeSchema>;
