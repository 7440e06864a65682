import { z } from 'zod';
import { extensionSchema } from './extension.ts';

const retryStarts = ['checkpoint', 'scratch'] as const;

/** Selects the failed runs to retry. */
const retryRequestSchema = z.strictObject({
  dataset: z.string().optional().describe('label of a dataset; all datasets if absent'),
  architecture: z.string().optional().describe('name of an architecture; all architectures if absent'),
  from: z
    .enum(retryStarts)
    .describe('`checkpoint` continues a run where it stopped, `scratch` trains it from the beginning'),
});

export type RetryRequest = z.infer<typeof retryRequestSchema>;

const common = {
  id: z.string().describe('chosen by whoever gives the instruction; the same whenever it is sent again'),
  at: z.iso.datetime().describe('when the study acknowledged it; later instructions have later times'),
  summary: z.string().describe('description of its effect, for people'),
};

/** An instruction of an operator to a study, with its result. */
export const instructionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('pause'), ...common }),
  z.strictObject({ kind: z.literal('resume'), ...common }),
  z.strictObject({ kind: z.literal('cancel'), ...common }),
  z.strictObject({
    kind: z.literal('limit'),
    ...common,
    concurrentRuns: z.int().positive().nullable().describe('null for no limit except that of each dataset'),
  }),
  z.strictObject({
    kind: z.literal('retry'),
    ...common,
    request: retryRequestSchema,
    cleared: z.record(z.string(), z.int().positive()).describe('number of runs to retry, by dataset'),
  }),
  z.strictObject({
    kind: z.literal('extend'),
    ...common,
    extension: extensionSchema.describe('the part that the study did not have yet'),
    runs: z.int().positive().describe('number of all runs of the study after the extension'),
  }),
]);

export type Instruction = z.infer<typeof instructionSchema>;
export type InstructionKind = Instruction['kind'];
