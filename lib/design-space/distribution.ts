import { z } from 'zod';

/** Distributions of a design space's parameters: the generators of pycls, under its names (`pycls/sweep/random.py`). */
const rangeKinds = [
  'uniform',
  'log-uniform',
  'power-of-2',
  'power-of-2-or-log-uniform',
  'normal',
  'log-normal',
] as const;

const multipleOf = (value: number, quantum: number) =>
  Math.abs(value / quantum - Math.round(value / quantum)) < 1e-9 * Math.max(1, value / quantum);

const rangeSchema = (value: z.ZodNumber, defaultQuantum: number) =>
  z
    .strictObject({
      kind: z.enum(rangeKinds),
      low: value,
      high: value.describe('inclusive'),
      quantum: value.default(defaultQuantum).describe('values are multiples of this'),
    })
    .superRefine(({ kind, low, high, quantum }, context) => {
      const issue = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
      const ends = [
        ['low', low],
        ['high', high],
      ] as const;
      if (low > high) issue('low', `must be at most high (${high}), got ${low}`);
      for (const [field, end] of ends) {
        if (kind !== 'power-of-2-or-log-uniform' && !multipleOf(end, quantum))
          issue(field, `must be a multiple of quantum (${quantum}), got ${end}`);
        if (kind.startsWith('power-of-2') && !Number.isInteger(Math.log2(end)))
          issue(field, `must be a power of 2, got ${end}`);
      }
      if (kind.startsWith('power-of-2') && !Number.isInteger(Math.log2(quantum)))
        issue('quantum', `must be a power of 2, got ${quantum}`);
    });

const valuesSchema = (value: z.ZodNumber) =>
  z.strictObject({
    kind: z.literal('values'),
    values: z.array(value).min(1).max(10_000).describe('all equally likely; a single value is a constant'),
  });

const distribution = (value: z.ZodNumber, defaultQuantum: number) =>
  z.discriminatedUnion('kind', [rangeSchema(value, defaultQuantum), valuesSchema(value)]);

/** A distribution of positive integers. */
export const integerDistributionSchema = distribution(z.int().positive().max(65_536), 1).meta({
  id: 'distribution-of-integers',
});

/** A distribution of positive numbers. */
export const numberDistributionSchema = distribution(z.number().positive().max(1_000_000), 0.001).meta({
  id: 'distribution-of-numbers',
});

export type Distribution = z.infer<typeof integerDistributionSchema>;
export type DistributionInput = z.input<typeof integerDistributionSchema>;
