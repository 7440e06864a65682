import { expect, test } from 'vitest';
import { predictionProblems } from '../../../lib/predictions/check-predictions.ts';
import { top1Errors, top5Errors, type Predictions } from '../../../lib/predictions/predictions.ts';
import { randomPredictions } from './predictions.ts';

const [images, classes] = [300, 10];
const predictions = randomPredictions(images, classes, 2);
const expected = {
  images,
  classes,
  top1Error: top1Errors(predictions) / images,
  top5Error: top5Errors(predictions, classes)! / images,
  byClass: Array.from({ length: classes }, (_, name) => predictions.labels.filter((label) => label === name).length),
  labels: predictions.labels,
};

/** The predictions with another value in a column. */
function changed(column: 'label' | 'probability' | number, image: number, value: number): Predictions {
  const copy = structuredClone(predictions);
  if (column === 'label') copy.labels[image] = value;
  else if (column === 'probability') copy.probabilities[image] = value;
  else copy.ranked[column - 1]![image] = value;
  return copy;
}

test('predictions that agree with the result have no problem', () => {
  expect(predictionProblems(predictions, expected)).toEqual([]);
});

test('an error of one image more than the result says is a contradiction', () => {
  const right = predictions.labels.findIndex((label, image) => label === predictions.ranked[0]![image]);
  const copy = structuredClone(predictions);
  [copy.ranked[0]![right], copy.ranked[1]![right]] = [copy.ranked[1]![right]!, copy.ranked[0]![right]!];
  const errors = top1Errors(predictions);
  expect(predictionProblems(copy, expected)).toEqual([
    `they have ${errors + 1} top-1 errors, but the result says ${errors} (${expected.top1Error} of 300)`,
  ]);
});

test.each([
  [changed('label', 3, 10), 'label of image 3 must be a class from 0 to 9, got 10'],
  [changed('probability', 7, NaN), 'probability of image 7 must be from 0 to 1, got NaN'],
  [changed(5, 9, -1), 'top5 of image 9 must be a class from 0 to 9, got -1'],
  [changed(2, 4, predictions.ranked[0]![4]!), 'top2 of image 4 must be another class than top1'],
  [{ ...predictions, ranked: predictions.ranked.slice(0, 4) }, 'they must rank 5 of the 10 classes'],
  [randomPredictions(299, classes), 'they must cover the 300 test images, got 299'],
])('an impossible value is named with its column and image (%#)', (impossible, problem) => {
  expect(predictionProblems(impossible, expected)[0]).toContain(problem);
});

test('labels of other images are noticed: one by one, or by the number of each class', () => {
  const swapped = predictions.labels.findIndex((label) => label === 0);
  const copy = changed('label', swapped, 1);
  expect(predictionProblems(copy, { ...expected, top1Error: top1Errors(copy) / images, top5Error: null })).toEqual([
    `label of image ${swapped} must be 0, got 1`,
    `class 0 must have ${expected.byClass[0]} test images, got ${expected.byClass[0]! - 1}`,
  ]);
});
