import type { PreparedDataset, SplitName } from '../datasets/manifest.ts';
import type { EvaluationMetrics, TestResult } from './metrics.ts';
import { ranges } from './batches.ts';
import { TrainingFailure } from './failures.ts';
import type { EvaluationSums, TrainingSession } from './session.ts';
import { readImages } from './training-images.ts';

/** Loss and errors over a whole split; null if it has no images. */
export async function evaluateSplit(
  session: Pick<TrainingSession, 'evaluate'>,
  dataset: PreparedDataset,
  split: SplitName,
  batchSize: number,
): Promise<EvaluationMetrics | null> {
  const { images } = dataset.manifest.splits[split];
  if (images === 0) return null;
  const labels = Int32Array.from(await dataset.labels(split));
  const batches: EvaluationSums[] = [];
  for (const [start, end] of ranges(images, batchSize)) {
    const indices = Int32Array.from({ length: end - start }, (_, index) => start + index);
    batches.push(session.evaluate(await readImages(dataset, split, indices), labels.subarray(start, end)));
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
 * @param validation its metrics if they are already known
 */
export async function evaluateTest(
  session: Pick<TrainingSession, 'evaluate'>,
  dataset: PreparedDataset,
  batchSize: number,
  validation?: EvaluationMetrics | null,
): Promise<TestResult> {
  const start = performance.now();
  const test = await evaluateSplit(session, dataset, 'test', batchSize);
  if (test === null) throw new TrainingFailure('damaged-data', `${dataset.manifest.label} has no test images`);
  return {
    validation: validation === undefined ? await evaluateSplit(session, dataset, 'validation', batchSize) : validation,
    test,
    evaluationSeconds: (performance.now() - start) / 1000,
  };
}
