import { describe, expect, test } from 'vitest';
import { line, partialPearson, pearson } from '../../../../lib/analysis/coefficients/moments.ts';
import { kendallTauB, spearman, weightedTau } from '../../../../lib/analysis/coefficients/ranks.ts';
import { Kernel, lanes } from '../../../../lib/analysis/kernel/kernel.ts';
import type { Estimate } from '../../../../lib/analysis/resampling/estimate.ts';
import { Measurement } from '../../../../lib/analysis/resampling/measurement.ts';
import { ReplicateBlocks, replicateCount, replicatesOf } from '../../../../lib/analysis/resampling/replicates.ts';
import { stream } from '../../../../lib/core/random.ts';
import * as definitions from '../definitions.ts';

const replicates = replicatesOf(23, 60, 3, true);

/** The architectures of each replicate, as often as they are in it. */
const drawn: number[][] = (() => {
  const kernel = new Kernel();
  const blocks = new ReplicateBlocks(kernel, replicates);
  return Array.from({ length: replicateCount(replicates) }, (_, replicate) => {
    blocks.fill(Math.floor(replicate / lanes));
    const counts = kernel.int32(blocks.counts, lanes * replicates.items);
    return Array.from({ length: replicates.items }, (_, item) =>
      Array.from({ length: counts[lanes * item + (replicate % lanes)]! }, () => item),
    ).flat();
  });
})();

const random = stream(5, 'columns');
/** Of so many different values, with so many missing. */
const column = (values: number, missing: number) =>
  Float64Array.from({ length: replicates.items }, (_, item) =>
    item < missing ? NaN : Math.floor(values * random.uniform()) / values,
  );

const cases = {
  'without ties': [column(1e9, 0), column(1e9, 0), column(1e9, 0)],
  'with ties': [column(4, 0), column(5, 0), column(3, 0)],
  'with ties on one side': [column(1e9, 0), column(3, 0), column(1e9, 0)],
  'with missing entries': [column(1e9, 2), column(6, 5), column(1e9, 7)],
  'of a rare value': [
    Float64Array.from({ length: 23 }, (_, item) => Number(item === 7)),
    column(1e9, 0),
    column(1e9, 0),
  ],
} as const;

function expectDefinition(
  figure: Estimate,
  columns: readonly Float64Array[],
  definition: (...values: number[][]) => number,
): void {
  const values = drawn.map((items) => {
    const complete = items.filter((item) => columns.every((values) => !Number.isNaN(values[item])));
    return definition(...columns.map((values) => complete.map((item) => values[item]!)));
  });
  expect(values.filter(Number.isFinite).length).toBeGreaterThan(30);
  values.forEach((value, replicate) => {
    if (Number.isNaN(value)) expect(figure.values[replicate]).toBeNaN();
    else expect(figure.values[replicate]).toBeCloseTo(value, 10);
  });
}

describe.each(Object.entries(cases))('in every replicate %s', (_, [x, y, z]) => {
  const measurement = new Measurement(replicates);
  const [pair, triple] = [measurement.sample(x, y), measurement.sample(x, y, z)];
  const figures = {
    pearson: pearson(measurement, pair, x, y),
    spearman: spearman(measurement, pair, x, y),
    kendallTauB: kendallTauB(measurement, pair, x, y),
    weightedTau: weightedTau(measurement, pair, x, y),
  };
  const { slope, intercept, r2 } = line(measurement, pair, x, y);
  const partial = partialPearson(measurement, triple, x, y, z);
  measurement.run(new Kernel());

  test.each(Object.keys(figures) as (keyof typeof figures)[])('%s equals its definition', (name) => {
    expectDefinition(figures[name], [x, y], definitions[name]);
  });

  test('the line is the least-squares line', () => {
    expectDefinition(slope, [x, y], (a, b) => definitions.line(a, b).slope);
    expectDefinition(intercept, [x, y], (a, b) => definitions.line(a, b).intercept);
    expectDefinition(r2, [x, y], (a, b) => definitions.line(a, b).r2);
  });

  test('the partial correlation is the correlation of the residuals', () => {
    expectDefinition(partial, [x, y, z], definitions.partialPearson);
  });
});

test('figures are undefined on fewer than three architectures and for constant columns, whose mean may be rounded', () => {
  const constant = new Float64Array(23).fill(0.1);
  const few = column(1e9, 21);
  const measurement = new Measurement(replicates);
  const figures = [constant, few].flatMap((x) => {
    const y = cases['without ties'][0];
    const sample = measurement.sample(x, y);
    return [pearson, spearman, kendallTauB, weightedTau].map((figure) => figure(measurement, sample, x, y));
  });
  measurement.run(new Kernel());
  for (const { values } of figures) expect(values.every(Number.isNaN)).toBe(true);
  expect(figures.map(({ n }) => n)).toEqual([23, 23, 23, 23, 2, 2, 2, 2]);
});

test('the partial correlation is undefined on three architectures, where it could only be 1 or -1, and for a constant one', () => {
  const y = cases['without ties'][0];
  const some = (count: number) => y.map((_, row) => (row < count ? row ** 2 : NaN));
  const measurement = new Measurement(replicates);
  const [three, four, fixed] = [some(3), some(4), y.map(() => 0.1)].map((z) => {
    const x = y.map((value, row) => Math.sin(value * 1e3 + row));
    return partialPearson(measurement, measurement.sample(x, y, z), x, y, z).values;
  });
  measurement.run(new Kernel());
  expect(three!.every(Number.isNaN)).toBe(true);
  expect(Math.abs(four![0]!)).toBeLessThan(1);
  expect(fixed!.every(Number.isNaN)).toBe(true);
});

test('coefficients never leave [-1, 1] by rounding', () => {
  const x = cases['without ties'][0];
  const measurement = new Measurement(replicates);
  const figures = Array.from({ length: 40 }, (_, slope) => {
    const y = x.map((value) => ((slope - 20.5) / 7) * value + 0.1);
    const sample = measurement.sample(x, y);
    return [pearson, weightedTau].map((figure) => figure(measurement, sample, x, y));
  }).flat();
  measurement.run(new Kernel());
  for (const { values } of figures)
    for (const value of values) {
      expect(Math.abs(value)).toBeLessThanOrEqual(1);
      expect(Math.abs(value)).toBeGreaterThan(0.999999);
    }
});

test('figures depend neither on other measurements nor on the memory for one pass', () => {
  const pairs = Array.from({ length: 6 }, () => [column(1e9, 1), column(1e9, 2)] as const);
  const alone = pairs.map(([x, y]) => {
    const measurement = new Measurement(replicates);
    const figure = weightedTau(measurement, measurement.sample(x, y), x, y);
    measurement.run(new Kernel());
    return figure.values;
  });
  const together = new Measurement(replicates, 1);
  const figures = pairs.map(([x, y]) => weightedTau(together, together.sample(x, y), x, y));
  together.run(new Kernel());
  expect(figures.map(({ values }) => values)).toEqual(alone);
});
