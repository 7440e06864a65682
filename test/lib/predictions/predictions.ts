import { stream } from '../../../lib/core/random.ts';
import { PredictionsCollector } from '../../../lib/predictions/collector.ts';
import type { Predictions } from '../../../lib/predictions/predictions.ts';

/** Predictions of a network whose logits are random and, of the true class, larger by an advantage. */
export function randomPredictions(images: number, classes: number, advantage = 1, seed = 0): Predictions {
  const random = stream(seed, 'predictions');
  const labels = Int32Array.from({ length: images }, () => Math.floor(random.uniform() * classes));
  const logits = Float32Array.from(
    { length: images * classes },
    (_, index) => random.normal() + (labels[Math.floor(index / classes)] === index % classes ? advantage : 0),
  );
  const collector = new PredictionsCollector(images, classes);
  collector.add(logits, labels);
  return collector.finish();
}
