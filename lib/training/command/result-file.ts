import { z } from 'zod';
import { printable } from '../../core/printable.ts';
import { OperationalError } from '../../core/errors.ts';
import { parseJsonWith } from '../../core/validation.ts';
import type { EvaluationMetrics, TestResult } from '../metrics.ts';
import { TrainerFailure } from './trainer-failure.ts';
import { NotAFile, readUntrusted } from './untrusted-file.ts';

/** Bytes of the largest result.json. */
const largest = 2 ** 20;

const fraction = z.number().min(0).max(1);

const measuredSchema = z.strictObject({
  images: z.int().positive(),
  top1Error: fraction,
  loss: z.number(),
  top5Error: fraction.nullable().default(null),
});

/** A file in the folder of the run, by its name. */
const ownFile = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9][\w.-]*$/);

const finishedSchema = z.strictObject({
  outcome: z.literal('finished'),
  test: measuredSchema,
  validation: measuredSchema.nullable().default(null),
  files: z.strictObject({ weights: ownFile.optional() }).default({}),
  versions: z
    .record(z.string().min(1).max(100), z.string().max(500))
    .default({})
    .refine((versions) => Object.keys(versions).length <= 50, { error: 'must have at most 50 entries' }),
});

const divergedSchema = z.strictObject({ outcome: z.literal('diverged'), reason: z.string().min(1).max(10_000) });

const resultSchema = z.discriminatedUnion('outcome', [finishedSchema, divergedSchema]);

/** A trainer's report on a run that it has finished. */
export type TrainerResult =
  | { outcome: 'finished'; evaluation: TestResult; weights: string | undefined; versions: Record<string, string> }
  | { outcome: 'diverged'; reason: string };

/**
 * Reads result.json.
 * @param images of the dataset's splits, all of which must have been tested
 * @returns undefined if there is no such file
 * @throws TrainerFailure naming each field that violates the protocol
 */
export async function readResult(
  path: string,
  images: { validation: number; test: number },
): Promise<TrainerResult | undefined> {
  try {
    const content = await readUntrusted(path, largest);
    if (content === undefined) return undefined;
    if (content.size > largest)
      throw new TrainerFailure('crash', `it must have at most ${largest} bytes, got ${content.size}`);
    const result = parseJsonWith(resultSchema, content.bytes.toString(), 'result.json');
    if (result.outcome === 'diverged') return { outcome: 'diverged', reason: printable(result.reason) };
    const { test, validation, files, versions } = result;
    const measured = Object.entries({ test, validation }).flatMap(([split, metrics]) =>
      metrics === null ? [] : [{ split, ...metrics }],
    );
    const problems = measured.flatMap(({ split, ...metrics }) =>
      problemsOf(metrics, images[split as keyof typeof images]).map((problem) => `${split}.${problem}`),
    );
    if (problems.length > 0) throw new TrainerFailure('crash', problems.join('; '));
    return {
      outcome: 'finished',
      evaluation: { test: exact(test), validation: validation && exact(validation), evaluationSeconds: 0 },
      weights: files.weights,
      versions: Object.fromEntries(
        Object.entries(versions).map(([name, version]) => [printable(name), printable(version)]),
      ),
    };
  } catch (error) {
    if (!(error instanceof OperationalError) && !(error instanceof NotAFile)) throw error;
    throw new TrainerFailure('crash', `result.json is not what docs/trainers.md says: ${error.message}`, {
      cause: error,
    });
  }
}

/** Finds what is wrong with errors measured on `expected` images. */
function problemsOf({ images, top1Error, top5Error }: EvaluationMetrics, expected: number): string[] {
  if (images !== expected) return [`images must be ${expected}, got ${images}`];
  const problems = Object.entries({ top1Error, top5Error }).flatMap(([name, error]) =>
    error === null || Math.abs(error * images - Math.round(error * images)) <= Math.max(1e-3, tolerance * images)
      ? []
      : [`${name} must be a number of errors among ${images} images, divided by ${images}, got ${error}`],
  );
  if (top5Error !== null && top5Error > top1Error)
    problems.push(`top5Error must be at most top1Error, got ${top5Error}`);
  return problems;
}

/** Tolerance for an error rate computed in float32. */
const tolerance = 1e-6;

/** Returns the metrics with error rates that are exact fractions of the images. */
function exact({ images, top1Error, loss, top5Error }: EvaluationMetrics): EvaluationMetrics {
  const rounded = (error: number) => Math.round(error * images) / images;
  return { images, top1Error: rounded(top1Error), loss, top5Error: top5Error === null ? null : rounded(top5Error) };
}
