import { z } from 'zod';
import { ArtifactError } from '../../core/errors.ts';
import { parseJsonWith } from '../../core/validation.ts';
import { predictionsSummarySchema } from '../../predictions/summary.ts';
import { failureCategories } from '../failure.ts';
import { recordedEpochSchema, evaluationMetricsSchema } from '../../training/metrics.ts';
import type { ArtifactStore } from '../../store/artifact-store.ts';
import { runArtifacts, runKeyOf, studyArchitectureSchema, studyProtocolSchema } from './run-document.ts';

export const outcomes = ['finished', 'diverged', 'failed'] as const;

/** The record of one training run: what was trained, on what, how, and with what result. */
export const runRecordSchema = z.strictObject({
  format: z.literal(2),
  runKey: z.string(),
  /** Id of the study that carried it out; other studies that share the run use their own names for it. */
  studyId: z.string(),
  /** Name of the architecture in its population, e.g. `arch-017`. */
  architectureName: z.string(),
  architecture: studyArchitectureSchema,
  /** Complexity of an AnyNet for the size of its input and the channels and classes of the dataset; null for a listed network. */
  complexity: z.strictObject({ flops: z.int(), params: z.int(), acts: z.int() }).nullable(),
  /** Label of the dataset selection, e.g. `fashion-mnist/5-classes`. */
  dataset: z.string(),
  datasetDigest: z.string(),
  protocol: studyProtocolSchema,
  seed: z.int(),
  /** Versions of the engine and its software (TensorFlow and Node, or whatever a trainer reports), and the device. */
  versions: z.record(z.string(), z.string()),
  /** `diverged`: the loss became NaN or infinite, which no retry can fix. `failed`: every attempt failed. */
  outcome: z.enum(outcomes),
  /** Category and message, if the run did not finish. */
  failure: z.strictObject({ category: z.enum([...failureCategories, 'divergence']), message: z.string() }).nullable(),
  curve: z.array(recordedEpochSchema),
  /** Null if the dataset has no validation images, or if the run did not finish. */
  validation: evaluationMetricsSchema.nullable(),
  test: evaluationMetricsSchema.nullable(),
  /** Summary of the predictions beside the record; absent if they were not kept. */
  predictions: predictionsSummarySchema.optional(),
  timings: z.strictObject({
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime(),
    trainingSeconds: z.number().min(0),
    evaluationSeconds: z.number().min(0),
  }),
});

export type RunRecord = z.infer<typeof runRecordSchema>;

/** What the record of a run that failed says of its result. */
export const withoutResult = (engine: string, failure: NonNullable<RunRecord['failure']>) => ({
  ...{ versions: { engine }, outcome: 'failed' as const, failure, curve: [] },
  ...{ validation: null, test: null },
});

/**
 * Reads the record of a run; undefined if the run has none yet.
 * @throws ArtifactError naming the artifact if it is damaged, or the record of another run
 */
export async function readRunRecord(store: ArtifactStore, runKey: string): Promise<RunRecord | undefined> {
  const name = runArtifacts(runKey).record;
  const content = await store.get(name);
  if (content === undefined) return undefined;
  const record = parseJsonWith(runRecordSchema, content.toString(), name, ArtifactError);
  const own = recordKey(record);
  if (own !== runKey)
    throw new ArtifactError(`${name} is the record of another run`, [
      `its content must have the key ${runKey}, got ${own}`,
    ]);
  return record;
}

/** Returns the key of a record's run, computed from its content, or the key that it names if it does not say which engine trained it. */
function recordKey({ runKey, architecture, datasetDigest, protocol, seed, versions }: RunRecord): string {
  const { engine } = versions;
  if (engine === undefined) return runKey;
  const key = runKeyOf({ architecture, datasetDigest, protocol, seed, engine });
  return key === runKey ? key : `${key} under the name ${runKey}`;
}

/**
 * Puts the record of a run into the store, replacing only the record of a failure. If studies that share the run carry it out at the same
 * time, the first result stays.
 * @returns the record that is in the store afterwards
 */
export async function writeRunRecord(store: ArtifactStore, record: RunRecord): Promise<RunRecord> {
  const name = runArtifacts(record.runKey).record;
  const text = `${JSON.stringify(runRecordSchema.parse(record), undefined, 2)}\n`;
  if (await store.create(name, text)) return record;
  const earlier = await readRunRecord(store, record.runKey);
  if (earlier !== undefined && earlier.outcome !== 'failed') return earlier;
  await store.put(name, text);
  return record;
}
