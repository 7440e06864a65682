import type { PreparedDataset, SplitName } from '../datasets/manifest.ts';
import { PredictionsCollector } from '../predictions/collector.ts';
import type { Predictions } from '../predictions/predictions.ts';
import { summaryOf, type PredictionsSummary } from '../predictions/summary.ts';
import { predictionsFile } from '../predictions/write-predictions.ts';
import { writeFileAtomically } from '../core/files/atomic-write.ts';
import type { EvaluationMetrics, TestResult } from './metrics.ts';
import { ranges } from './batches.ts';
import { TrainingFailure } from './failures.ts';
import type { EvaluationSums, TrainingSession } from './session.ts';
import { readImages } from './training-images.ts';

/**
 * Computes loss and errors over a whole split; null if it has no images.
 * @param predictions collects the predictions of its images
 */
export async function evaluateSplit(
  session: Pick<TrainingSession, 'evaluate'>,
  dataset: PreparedDataset,
  split: SplitName,
  batchSize: number,
  predictions?: PredictionsCollector,
): Promise<EvaluationMetrics | null> {
  const { images } = dataset.manifest.splits[split];
  if (images === 0) return null;
  const labels = Int32Array.from(await dataset.labels(split));
  const batches: EvaluationSums[] = [];
  for (const [start, end] of ranges(images, batchSize)) {
    const indices = Int32Array.from({ length: end - start }, (_, index) => start + index);
    const batch = labels.subarray(start, end);
    const { logits, ...sums } = session.evaluate(await readImages(dataset, split, indices), batch);
    predictions?.add(logits, batch);
    batches.push(sums);
  }
  const total = (value: (sums: EvaluationSums) => number) => batches.reduce((sum, batch) => sum + value(batch), 0);
  const hasTop5 = dataset.manifest.classes.length > 5;
  return {
    images,
    loss: total(({ loss }) => loss) / images,
    top1Error: total(({ top1Errors }) => top1Errors) / images,
    top5Error: hasTop5 ? total(({ top5Errors }) => top5Errors as number) / images : null,
  };
}

/**
 * Evaluates a network on the validation and the test images.
 * @param file path for its predictions of the test images; null to write none
 * @param validation its metrics if they are already known
 */
export async function evaluateTest(
  session: Pick<TrainingSession, 'evaluate'>,
  dataset: PreparedDataset,
  batchSize: number,
  file: string | null,
  validation?: EvaluationMetrics | null,
): Promise<TestResult> {
  const start = performance.now();
  const { splits, classes } = dataset.manifest;
  const collector = file === null ? undefined : new PredictionsCollector(splits.test.images, classes.length);
  const test = await evaluateSplit(session, dataset, 'test', batchSize, collector);
  if (test === null) throw new TrainingFailure('damaged-data', `${dataset.manifest.label} has no test images`);
  return {
    validation: validation === undefined ? await evaluateSplit(session, dataset, 'validation', batchSize) : validation,
    test,
    ...(collector && { predictions: await stored(collector.finish(), file!, classes.length) }),
    evaluationSeconds: (performance.now() - start) / 1000,
  };
}

/** Writes predictions and returns their summary. */
async function stored(predictions: Predictions, file: string, classes: number): Promise<PredictionsSummary> {
  await writeFileAtomically(file, [predictionsFile(predictions)]);
  return summaryOf(predictions, classes);
}
