import { z } from 'zod';
import { failureCategories } from './failure.ts';

/** A study without data and trainings; everything else happens as in a real study, to show its flow and its costs. */
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
    .describe('causes of failed attempts; see the categories of failures'),
  divergenceRate: z.number().min(0).max(1).default(0).describe('share of the runs whose loss becomes infinite'),
});

export type Rehearsal = z.infer<typeof rehearsalSchema>;
