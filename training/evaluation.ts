import type { PreparedDataset, SplitName } from '../datasets/manifest.ts';
import type { EvaluationMetrics } from './metrics.ts';
import { ranges } from './batches.ts';
import type { EvaluationSums, TrainingSession } from './session.ts';

/** Loss and errors over a whole split; null where it has no images. */
export async function evaluateSplit(
  session: TrainingSession,
  dataset: PreparedDataset,
  split: SplitName,
  batchSize: number,
): Promise<EvaluationMetrics | null> {
  const { images } = dataset.manifest.splits[split];
  if (images === 0) return null;
  const labels = Int32Array.from(await dataset.labels(split));
  const batches: EvaluationSums[] = [];
  for (const [start, end] of ranges(images, batchSize)) {
    const pixels = await dataset.gather(
      split,
      Array.from({ length: end - start }, (_, index) => start + index),
    );
    batches.push(session.evaluate(pixels, labels.subarray(start, end)));
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
