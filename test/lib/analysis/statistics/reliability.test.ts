import { describe, expect, test } from 'vitest';
import { analyzeResults } from '../../../../lib/analysis/index.ts';
import { seedsFor, spearmanBrown } from '../../../../lib/analysis/statistics/reliability.ts';
import { stream } from '../../../../lib/core/random.ts';
import { options, rowsOf } from '../results.ts';

describe('the reliability of a dataset', () => {
  test('is given for datasets with several seeds, as the mean over all pairs of seeds', () => {
    const rows = [
      ...rowsOf('reference', [0.1, 0.2, 0.3, 0.4]),
      ...rowsOf('reference', [0.1, 0.2, 0.3, 0.4], { seed: 1 }),
      ...rowsOf('reference', [0.4, 0.3, 0.2, 0.1], { seed: 2 }),
      ...rowsOf('target', [0.1, 0.2, 0.3, 0.4]),
    ];
    const { reliabilities } = analyzeResults(rows, options());
    expect(reliabilities).toHaveLength(1);
    expect(reliabilities[0]).toMatchObject({ dataset: 'reference', seeds: 3, n: 4, reliability: 0 });
    expect(reliabilities[0]!.seedCorrelation).toBeCloseTo(-1 / 3, 12);
  });

  test('has the deviation over the seeds, pooled over architectures that have several', () => {
    const rows = [
      ...rowsOf('reference', [0.1, 0.2, 0.3, null]),
      ...rowsOf('reference', [0.3, 0.2, null, null], { seed: 1 }),
    ];
    const [reliability] = analyzeResults(rows, options()).reliabilities;
    expect(reliability).toMatchObject({ seeds: 2, n: 2, seedCorrelation: null, reliability: null });
    // squares 0.01 + 0.01 of the first, 0 of the second, over two degrees of freedom
    expect(reliability!.seedDeviation).toBeCloseTo(0.1, 12);
  });

  test('grows with the seeds that are averaged (Spearman and Brown)', () => {
    expect(spearmanBrown(0.5, 1)).toBe(0.5);
    expect(spearmanBrown(0.5, 2)).toBeCloseTo(2 / 3, 12);
    expect(spearmanBrown(-0.2, 3)).toBe(0);
  });

  test('needs no number of seeds if seeds do not agree at all', () => {
    for (const single of [-0.1, -0.05, 0, null]) expect(seedsFor(0.9, single)).toBeNull();
    expect(seedsFor(0.9, 0.1)).toBe(81);
    expect(seedsFor(0.9, 0.9)).toBe(1);
  });
});

describe('the verdict on how far a ranking repeats', () => {
  const random = stream(4, 'repetition');
  const quality = Array.from({ length: 150 }, () => random.normal());
  const twice = (dataset: string, noise: number, count = quality.length) =>
    [0, 1].flatMap((seed) =>
      rowsOf(
        dataset,
        quality.slice(0, count).map((value) => 0.5 + 0.02 * (value + noise * random.normal())),
        { seed },
      ),
    );
  const found = analyzeResults(
    [...twice('reference', 0.2), ...twice('noisy', 4), ...twice('between', 1.1)],
    options({ bootstrapResamples: 1000 }),
  );

  test('rests on rank correlations between seeds, whose intervals hold for all datasets together', () => {
    expect(found.reliabilities.map(({ dataset, verdict }) => [dataset, verdict])).toEqual([
      ['reference', 'holds'],
      ['noisy', 'undecided'],
      ['between', 'weak'],
    ]);
    for (const { seedSpearman, seedSpearmanCi95, seedCorrelationCi95 } of found.reliabilities) {
      expect(seedSpearmanCi95![0]).toBeLessThan(seedSpearman!);
      expect(seedSpearmanCi95![1] - seedSpearmanCi95![0]).toBeGreaterThan(
        seedCorrelationCi95![1] - seedCorrelationCi95![0],
      );
    }
    expect(found.methods.levels.repetition).toBeGreaterThan(0);
  });

  test('is none on fewer than six networks', () => {
    const [few] = analyzeResults(twice('reference', 0.2, 5), options()).reliabilities;
    expect(few).toMatchObject({ verdict: 'undecided', seedSpearmanCi95: null });
  });
});

test('a correlation corrected for attenuation is the correlation of the errors without the noise of seeds', () => {
  const random = stream(3, 'noise');
  const truth = Array.from({ length: 400 }, () => {
    const shared = random.normal();
    return [shared, 0.8 * shared + 0.6 * random.normal()] as const;
  });
  const noisy = (which: 0 | 1) => truth.map((errors) => 0.5 + 0.05 * (errors[which] + 0.8 * random.normal()));
  const rows = [0, 1].flatMap((seed) => [
    ...rowsOf('reference', noisy(0), { seed }),
    ...rowsOf('target', noisy(1), { seed }),
  ]);
  const [pair] = analyzeResults(rows, options()).attenuation;
  // each has signal 1 and noise 0.64 / 2
  expect(pair!.noiseCeiling).toBeCloseTo(1 / 1.32, 1);
  expect(pair!.pearson).toBeLessThan(0.7);
  expect(pair!.pearsonCorrected).toBeCloseTo(0.8, 1);
  const [low, high] = pair!.pearsonCorrectedCi95!;
  expect(low).toBeLessThan(0.8);
  expect(high).toBeGreaterThan(0.8);
});

test("nothing is corrected unless the ceiling's interval lies above 0.3, although the ceiling itself does", () => {
  const random = stream(5, 'few');
  const noisy = () =>
    [0, 1].flatMap((seed) =>
      ['reference', 'target'].flatMap((dataset) =>
        rowsOf(
          dataset,
          quality.map((value) => 0.5 + 0.02 * (value + 1.5 * random.normal())),
          { seed },
        ),
      ),
    );
  const quality = Array.from({ length: 20 }, () => random.normal());
  const [pair] = analyzeResults(noisy(), options()).attenuation;
  expect(pair!.noiseCeiling).toBeGreaterThan(0.3);
  expect(pair!.noiseCeilingCi95![0]).toBeLessThan(0.3);
  expect(pair).toMatchObject({ pearsonCorrected: null, pearsonCorrectedCi95: null });
});

test('nothing is corrected if a reliability is unknown, or all is noise', () => {
  const one = [...rowsOf('reference', [0.1, 0.2, 0.3, 0.4]), ...rowsOf('target', [0.1, 0.2, 0.3, 0.5])];
  expect(analyzeResults(one, options()).attenuation).toEqual([]);
  const opposed = [0, 1].flatMap((seed) =>
    ['reference', 'target'].flatMap((dataset) =>
      rowsOf(dataset, seed === 0 ? [0.1, 0.2, 0.3, 0.5] : [0.5, 0.3, 0.2, 0.1], { seed }),
    ),
  );
  expect(analyzeResults(opposed, options()).attenuation[0]).toMatchObject({ pearsonCorrected: null, noiseCeiling: 0 });
});
