import type { Predictions } from './predictions.ts';

/** A network's predictions about one class, counted in images. */
export interface ClassCounts {
  /** Images of the class. */
  images: number;
  /** Images predicted to be of the class. */
  predicted: number;
  /** Images of the class predicted to be of it. */
  right: number;
}

/** Counts the predictions of each class, from class 0. */
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

/** Returns the share of each class's images that are predicted to be of another class; null for a class without images. */
export const classErrors = (counts: readonly ClassCounts[]): (number | null)[] =>
  counts.map(({ images, right }) => (images === 0 ? null : (images - right) / images));

/**
 * Returns the mean error of the classes that have images: 1 - balanced accuracy, as scikit-learn defines it (`balanced_accuracy_score`).
 */
export function balancedError(counts: readonly ClassCounts[]): number {
  const errors = classErrors(counts).filter((error) => error !== null);
  return sumOf(errors) / errors.length;
}

/**
 * Returns the mean F1 of the classes that have images or are predicted, as scikit-learn's `f1_score(average='macro')`. F1 is the harmonic
 * mean of precision and recall, 2 right / (images + predicted).
 */
export function macroF1(counts: readonly ClassCounts[]): number {
  const scores = counts
    .filter(({ images, predicted }) => images + predicted > 0)
    .map(({ images, predicted, right }) => (2 * right) / (images + predicted));
  return sumOf(scores) / scores.length;
}

/**
 * Returns the area under the ROC curve of two classes: the chance that a random image of class 1 gets a higher probability of class 1 than
 * a random image of class 0, counting ties half (Mann-Whitney). It is exact for the stored float32 probabilities. Null unless there are two
 * classes and both have images.
 */
export function areaUnderCurve({ labels, probabilities }: Predictions, classes: number): number | null {
  if (classes !== 2) return null;
  const scores = Float64Array.from(probabilities, (probability, image) =>
    labels[image] === 1 ? probability : 1 - probability,
  );
  const order = Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]!);
  const counts = [0, 0];
  /** Twice the number of pairs in which the image of class 1 is ahead, so that ties count 1. */
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
