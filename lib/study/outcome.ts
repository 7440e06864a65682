import { z } from 'zod';

const count = z.int().min(0);

export const runCountsSchema = z.strictObject({
  /** Trained and tested by this study. */
  finished: count,
  /** Taken from the store, to which another study had added them. */
  reused: count,
  /** The loss became NaN or infinite. */
  diverged: count,
  /** Every attempt ended in a failure. */
  failed: count,
});

/** How the runs on a dataset ended. */
export type RunCounts = z.infer<typeof runCountsSchema>;

export const studyOutcomeSchema = z.strictObject({
  studyId: z.string(),
  /** Keyed by the label of the dataset. */
  runs: z.record(z.string(), runCountsSchema),
});

/** How a study ended. */
export type StudyOutcome = z.infer<typeof studyOutcomeSchema>;
