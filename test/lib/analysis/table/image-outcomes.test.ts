import { describe, expect, test } from 'vitest';
import { analyzeResults } from '../../../../lib/analysis/index.ts';
import { outcomeBits } from '../../../../lib/predictions/outcome-bits.ts';
import type { ImageOutcomes } from '../../../../lib/results/image-outcomes.ts';
import { stream } from '../../../../lib/core/random.ts';
import { options, rowsOf } from '../results.ts';

const images = 83;
const random = stream(1, 'outcomes');
/** By architecture and seed, whether each test image is wrong. */
const wrong = Array.from({ length: 12 }, (_, architecture) =>
  [0, 1].map(() => Array.from({ length: images }, () => random.uniform() < 0.2 + 0.04 * architecture)),
);
const errorOf = (isWrong: readonly boolean[]) => isWrong.filter(Boolean).length / images;
const rows = [0, 1].flatMap((seed) =>
  rowsOf(
    'reference',
    wrong.map((seeds) => errorOf(seeds[seed]!)),
    { seed },
  ),
);
const outcomes: ImageOutcomes = {
  dataset: 'reference',
  testSet: 'test',
  images,
  runs: rows.map(({ architecture, seed }) => ({
    architecture,
    seed,
    wrong: outcomeBits(wrong[Number(architecture.slice(-3))]![seed]!),
  })),
};
const noise = (own: ImageOutcomes[]) => analyzeResults(rows, options({ outcomes: own }), ['testNoise']).testNoise;

test('outcomes are packed with the first image in the lowest bit', () => {
  expect([...outcomeBits([true, false, false, true, false, false, false, true, true])]).toEqual([0b10001001, 1]);
});

describe('outcomes of test images', () => {
  test('give the variance that another test set would make', () => {
    // By definition: how an architecture differs from the mean, image by image.
    const own = wrong.map((seeds) => Array.from({ length: images }, (_, i) => (+seeds[0]![i]! + +seeds[1]![i]!) / 2));
    const means = Array.from({ length: images }, (_, i) => own.reduce((sum, values) => sum + values[i]!, 0) / 12);
    const variances = own.map((values) => {
      const differences = values.map((value, i) => value - means[i]!);
      const mean = differences.reduce((sum, value) => sum + value, 0) / images;
      return differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (images - 1) / images;
    });
    const [found] = noise([outcomes]);
    expect(found!.imageVariance).toBeCloseTo(variances.reduce((sum, value) => sum + value, 0) / 12, 14);
    expect(found!.testImages).toBe(images);
    expect(found!.share).toBeCloseTo(found!.imageVariance! / found!.variance, 14);
    expect(found!.imageVariance!).toBeLessThan(found!.binomialVariance);
  });

  test('are left aside unless every run with an error has them', () => {
    expect(noise([{ ...outcomes, runs: outcomes.runs.slice(1) }])).toEqual([]);
  });

  test('that contradict the error are refused', () => {
    const [first, ...others] = outcomes.runs;
    const changed = first!.wrong.slice();
    changed[0]! ^= 1;
    expect(() => noise([{ ...outcomes, runs: [{ ...first!, wrong: changed }, ...others] }])).toThrow(
      /arch-000 on reference, seed 0: \d+ of 83 test images are wrong, but top1Error is 0\.\d+/,
    );
    expect(() => noise([{ ...outcomes, images: 91 }])).toThrow(
      'the outcomes of 91 test images must be 12 bytes, got 11',
    );
  });
});
