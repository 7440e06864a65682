import { describe, expect, test } from 'vitest';
import { analyzeResults } from '../../../../lib/analysis/index.ts';
import { outcomeBits } from '../../../../lib/predictions/outcome-bits.ts';
import type { ImageOutcomes } from '../../../../lib/results/image-outcomes.ts';
import { options, rowsOf } from '../results.ts';

const classes = [
  { name: 'shirt', images: 4 },
  { name: 'boot', images: 6 },
  { name: 'none', images: 0 },
];
/** By architecture and seed: wrong images of each class. */
const wrongByClass = [
  [
    [1, 0, 0],
    [3, 0, 0],
  ],
  [
    [2, 1, 0],
    [2, 3, 0],
  ],
  [
    [2, 4, 0],
    [4, 6, 0],
  ],
  [
    [1, 1, 0],
    [1, 1, 0],
  ],
];
const count = (wrong: readonly number[]) => wrong.reduce((sum, of) => sum + of, 0);
const rows = [0, 1].flatMap((seed) =>
  rowsOf(
    'reference',
    wrongByClass.map((seeds) => count(seeds[seed]!) / 10),
    { seed },
  ),
);
const outcomes: ImageOutcomes = {
  dataset: 'reference',
  testSet: 'test',
  images: 10,
  classes,
  runs: rows.map(({ architecture, seed, top1Error }) => ({
    architecture,
    seed,
    wrong: outcomeBits(Array.from({ length: 10 }, (_, image) => image < 10 * top1Error! - 0.5)),
    wrongByClass: wrongByClass[Number(architecture.slice(-3))]![seed]!,
  })),
};
const found = (own: ImageOutcomes) => analyzeResults(rows, options({ outcomes: [own] }), ['classErrors']).classErrors;

describe('errors by class', () => {
  test('are means over the networks of the means over their seeds, and over the best and the worst third', () => {
    // Whole errors: 0.2, 0.4, 0.8, 0.2. Of four networks a third are two: the best are 0 and 3, the worst 1 and 2.
    const shared = { dataset: 'reference', classes: 3, n: 4 };
    const close = (value: number) => expect.closeTo(value, 14) as number;
    expect(found(outcomes)).toEqual([
      {
        ...{ ...shared, class: 'shirt', images: 4 },
        ...{ error: close((0.5 + 0.5 + 0.75 + 0.25) / 4), ofBestThird: close(0.375), ofWorstThird: close(0.625) },
      },
      {
        ...{ ...shared, class: 'boot', images: 6 },
        ...{ error: close((0 + 1 / 3 + 5 / 6 + 1 / 6) / 4), ofBestThird: close(1 / 12), ofWorstThird: close(7 / 12) },
      },
    ]);
  });

  test('have no thirds with fewer than three networks', () => {
    const two = rows.filter(({ architecture }) => Number(architecture.slice(-3)) < 2);
    const { classErrors } = analyzeResults(two, options({ outcomes: [outcomes] }), ['classErrors']);
    expect(classErrors[0]).toMatchObject({ n: 2, error: 0.5, ofBestThird: null, ofWorstThird: null });
  });

  test('are left out unless every run tells its own', () => {
    const [first, ...others] = outcomes.runs;
    expect(found({ ...outcomes, runs: [{ ...first!, wrongByClass: undefined }, ...others] })).toEqual([]);
    expect(found({ ...outcomes, classes: undefined })).toEqual([]);
  });

  test.each([
    ['too few classes', [2, 0]],
    ['more wrong images than a class has', [0, 0, 1]],
    ['another number of wrong images', [2, 0, 0]],
  ])('are refused: %s', (_, wrong) => {
    const [first, ...others] = outcomes.runs;
    expect(() => found({ ...outcomes, runs: [{ ...first!, wrongByClass: wrong }, ...others] })).toThrow(
      `arch-000 on reference, seed 0: wrong test images by class must be 3 possible counts that add up to 1, got ${wrong.join(', ')}`,
    );
  });
});
