import { z } from 'zod';
import { failureCategories } from './failure.ts';

/** A study without data and trainings: everything else happens as in a real study, so that its flow and its costs can be seen. */
export const rehearsalSchema = z.strictObject({
  seed: z.int().min(0).default(0).describe('seed of the simulated errors, failures and durations'),
  secondsPerRun: z
    .number()
    .min(0)
    .max(30 * 24 * 3600)
    .default(0)
    .describe('mean duration of a simulated training'),
  failureRate: z.number().min(0).max(1).default(0).describe('share of the attempts that fail'),
  failureCategory: z
    .enum(failureCategories)
    .default('crash')
    .describe('what makes attempts fail; see the categories of failures'),
  divergenceRate: z.number().min(0).max(1).default(0).describe('share of the runs whose loss becomes infinite'),
});

export type Rehearsal = z.infer<typeof rehearsalSchema>;
