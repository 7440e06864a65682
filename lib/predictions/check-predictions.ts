import { mostRanked, top1Errors, top5Errors, type Predictions } from './predictions.ts';

/** Facts from a run's record and its dataset that its predictions must agree with. */
export interface ExpectedPredictions {
  /** Of the test split. */
  images: number;
  /** Of the dataset. */
  classes: number;
  /** Fractions of the images; the top-5 error is null or absent if unknown. */
  top1Error: number;
  top5Error?: number | null | undefined;
  /** Test images of each class. */
  byClass?: readonly number[] | undefined;
  /** The true classes of the test images, in order. */
  labels?: ArrayLike<number> | undefined;
}

/**
 * Returns a line for each problem of predictions: impossible values, and contradictions to what is expected. Errors are compared as numbers
 * of images.
 */
export function predictionProblems(predictions: Predictions, expected: ExpectedPredictions): string[] {
  const { images, classes, top1Error, top5Error, byClass, labels } = expected;
  const { length } = predictions.labels;
  if (length !== images) return [`they must cover the ${images} test images, got ${length}`];
  const impossible = impossibleValue(predictions, classes);
  if (impossible !== undefined) return [impossible];
  const problems: string[] = [];
  const compare = (error: string, stated: number, counted: number) => {
    if (Math.round(stated * images) !== counted)
      problems.push(
        `they have ${counted} ${error} errors, but the result says ${stated * images} (${stated} of ${images})`,
      );
  };
  compare('top-1', top1Error, top1Errors(predictions));
  const top5 = top5Errors(predictions, classes);
  if (top5 !== null && typeof top5Error === 'number') compare('top-5', top5Error, top5);
  const other = labels && predictions.labels.findIndex((label, image) => label !== labels[image]);
  if (other !== undefined && other >= 0)
    problems.push(`label of image ${other} must be ${labels![other]}, got ${predictions.labels[other]}`);
  if (byClass !== undefined) {
    const counts = Array<number>(classes).fill(0);
    for (const label of predictions.labels) counts[label]!++;
    const differing = counts.findIndex((count, name) => count !== byClass[name]);
    if (differing >= 0)
      problems.push(`class ${differing} must have ${byClass[differing]} test images, got ${counts[differing]}`);
  }
  return problems;
}

/** Returns the problem of the first value that is impossible with that many classes. */
function impossibleValue({ labels, probabilities, ranked }: Predictions, classes: number): string | undefined {
  const ranks = Math.min(mostRanked, classes);
  if (ranked.length !== ranks)
    return `they must rank ${ranks} of the ${classes} classes (columns top1 to top${ranks}), got ${ranked.length}`;
  const isClass = (value: number) => value >= 0 && value < classes;
  for (let image = 0; image < labels.length; image++) {
    const named = (column: string, rule: string, value: number) =>
      `${column} of image ${image} must be ${rule}, got ${value}`;
    const probability = probabilities[image]!;
    if (!isClass(labels[image]!)) return named('label', `a class from 0 to ${classes - 1}`, labels[image]!);
    if (!(probability >= 0 && probability <= 1)) return named('probability', 'from 0 to 1', probability);
    for (let rank = 0; rank < ranks; rank++) {
      const name = ranked[rank]![image]!;
      if (!isClass(name)) return named(`top${rank + 1}`, `a class from 0 to ${classes - 1}`, name);
      for (let before = 0; before < rank; before++)
        if (ranked[before]![image] === name)
          return named(`top${rank + 1}`, `another class than top${before + 1}`, name);
    }
  }
  return undefined;
}
