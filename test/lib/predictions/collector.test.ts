import { expect, test } from 'vitest';
import { PredictionsCollector } from '../../../lib/predictions/collector.ts';
import { top1Errors, top5Errors } from '../../../lib/predictions/predictions.ts';
import { randomPredictions } from './predictions.ts';

function predicted(rows: readonly (readonly number[])[], labels: readonly number[]) {
  const classes = rows[0]!.length;
  const collector = new PredictionsCollector(rows.length, classes);
  collector.add(Float32Array.from(rows.flat()), Int32Array.from(labels));
  return collector.finish();
}

const ranksOf = (ranked: readonly Int32Array[], image: number) => ranked.map((classes) => classes[image]);

test('classes are ranked by their logits, five at most, with the probability of the true one', () => {
  const logits = [0, 3, -1, 2, 5, 1, 4];
  const { ranked, probabilities, labels } = predicted([logits, logits], [1, 2]);
  expect(ranksOf(ranked, 0)).toEqual([4, 6, 1, 3, 5]);
  expect(ranksOf(ranked, 1)).toEqual([4, 6, 1, 3, 5]);
  expect([...labels]).toEqual([1, 2]);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0);
  expect([...probabilities]).toEqual(
    [Math.exp(3) / sum, Math.exp(-1) / sum].map((share) => expect.closeTo(share, 7) as number),
  );
});

test('a tie with the true class counts against the network, wherever the classes are', () => {
  expect(ranksOf(predicted([[1, 1, 0]], [0]).ranked, 0)).toEqual([1, 0, 2]);
  expect(ranksOf(predicted([[1, 1, 0]], [1]).ranked, 0)).toEqual([0, 1, 2]);
  const even = predicted([Array<number>(8).fill(0)], [0]);
  expect(ranksOf(even.ranked, 0)).toEqual([1, 2, 3, 4, 5]);
  expect([top1Errors(even), top5Errors(even, 8)]).toEqual([1, 1]);
});

test('NaN counts as an error, and every class is still ranked once', () => {
  for (const logits of [
    [NaN, NaN, NaN],
    [NaN, 1, 2],
    [5, NaN, 2],
    [Infinity, NaN, -Infinity],
  ]) {
    const { ranked } = predicted([logits], [0]);
    expect(ranked[0]![0]).not.toBe(0);
    expect(ranksOf(ranked, 0).sort()).toEqual([0, 1, 2]);
  }
});

test('with two classes both are ranked, and no top-5 error is defined', () => {
  const predictions = predicted([[0, 1]], [1]);
  expect(ranksOf(predictions.ranked, 0)).toEqual([1, 0]);
  expect(top5Errors(predictions, 2)).toBeNull();
});

test('several batches give the same as one, and missing images are an error', () => {
  const collector = new PredictionsCollector(3, 2);
  collector.add(Float32Array.of(0, 1, 1, 0), Int32Array.of(0, 1));
  expect(() => collector.finish()).toThrow('predictions must cover 3 images, got 2');
  collector.add(Float32Array.of(3, 2), Int32Array.of(0));
  expect(collector.finish()).toEqual(
    predicted(
      [
        [0, 1],
        [1, 0],
        [3, 2],
      ],
      [0, 1, 0],
    ),
  );
});

test('a sixth class is behind the five that are kept', () => {
  const predictions = randomPredictions(500, 20);
  const top5 = top5Errors(predictions, 20)!;
  expect(top5).toBeGreaterThan(0);
  expect(top5).toBeLessThan(top1Errors(predictions));
});
