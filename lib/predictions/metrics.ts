import type { Predictions } from './predictions.ts';

/** How often a network is right about the images of one class, and how often it says so. */
export interface ClassCounts {
  /** Images of the class. */
  images: number;
  /** Images that are predicted to be of the class. */
  predicted: number;
  /** Images of the class that are predicted to be. */
  right: number;
}

/** The counts of each class, from 0. */
export function classCounts({ labels, ranked }: Predictions, classes: number): ClassCounts[] {
  const counts = Array.from({ length: classes }, () => ({ images: 0, predicted: 0, right: 0 }));
  const predicted = ranked[0]!;
  labels.forEach((label, image) => {
    counts[label]!.images++;
    counts[predicted[image]!]!.predicted++;
    if (predicted[image] === label) counts[label]!.right++;
  });
  return counts;
}

/** Share of each class' images that are predicted to be of another; null for a class without images. */
export const classErrors = (counts: readonly ClassCounts[]): (number | null)[] =>
  counts.map(({ images, right }) => (images === 0 ? null : (images - right) / images));

/** Mean of the errors of the classes that have images: 1 - balanced accuracy, as scikit-learn defines it (`balanced_accuracy_score`). */
export function balancedError(counts: readonly ClassCounts[]): number {
  const errors = classErrors(counts).filter((error) => error !== null);
  return sumOf(errors) / errors.length;
}

/**
 * Mean over the classes of F1, the harmonic mean of precision and recall: 2 right / (images + predicted). As in scikit-learn
 * (`f1_score(average='macro')`), over the classes that have images or are predicted.
 */
export function macroF1(counts: readonly ClassCounts[]): number {
  const scores = counts
    .filter(({ images, predicted }) => images + predicted > 0)
    .map(({ images, predicted, right }) => (2 * right) / (images + predicted));
  return sumOf(scores) / scores.length;
}

/**
 * Area under the ROC curve of two classes: the chance that a random image of class 1 gets a higher probability of class 1 than one of
 * class 0, where a tie counts half (Mann-Whitney). It is exact in the stored probabilities, which are float32. Null if there are not two
 * classes, or one of them has no images.
 */
export function areaUnderCurve({ labels, probabilities }: Predictions, classes: number): number | null {
  if (classes !== 2) return null;
  const scores = Float64Array.from(probabilities, (probability, image) =>
    labels[image] === 1 ? probability : 1 - probability,
  );
  const order = Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]!);
  const counts = [0, 0];
  /** Pairs in which the image of class 1 is ahead, doubled so that half ones are whole. */
  let ahead = 0;
  for (let start = 0, end = 0; start < order.length; start = end) {
    const tied = [0, 0];
    for (; end < order.length && scores[order[end]!] === scores[order[start]!]; end++) tied[labels[order[end]!]!]!++;
    ahead += tied[1]! * (2 * counts[0]! + tied[0]!);
    counts[0]! += tied[0]!;
    counts[1]! += tied[1]!;
  }
  return counts[0] === 0 || counts[1] === 0 ? null : ahead / (2 * counts[0]! * counts[1]!);
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
