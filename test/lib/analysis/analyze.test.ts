import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { analyzeResults } from '../../../lib/analysis/index.ts';
import { parseResults } from '../../../lib/results/results-table.ts';
import { stream } from '../../../lib/core/random.ts';
import { options, rowsOf } from './results.ts';

const golden = parseResults(
  readFileSync(new URL('golden/correlation.csv', import.meta.url), 'utf8'),
  'correlation.csv',
);

describe('an analysis', () => {
  test('does not depend on the order of the rows', () => {
    const datasets = ['reference', 'aligned', 'opposed', 'tied', 'unrelated', 'constant'];
    const shuffled = stream(1, 'rows').shuffled(golden);
    shuffled.sort((a, b) => datasets.indexOf(a.dataset) - datasets.indexOf(b.dataset));
    expect(analyzeResults(shuffled, options())).toEqual(analyzeResults(golden, options()));
  });

  test('puts the reference first, whatever its place in the table', () => {
    const { correlations, targets, matrix } = analyzeResults(golden, options({ reference: 'tied' }));
    expect(matrix.datasets[0]).toBe('tied');
    expect(correlations).toHaveLength(15);
    expect(correlations.slice(0, 5).map(({ a, b }) => `${a} ${b}`)).toEqual([
      'tied reference',
      'tied aligned',
      'tied opposed',
      'tied unrelated',
      'tied constant',
    ]);
    expect(targets.map(({ target }) => target)).toEqual(['reference', 'aligned', 'opposed', 'unrelated', 'constant']);
  });

  test('gives a pair the same figures whatever other datasets there are', () => {
    const two = golden.filter(({ dataset }) => ['reference', 'tied'].includes(dataset));
    expect(analyzeResults(two, options()).correlations).toEqual(
      analyzeResults(golden, options()).correlations.filter(({ a, b }) => a === 'reference' && b === 'tied'),
    );
  });

  test('refuses a reference that the table does not have', () => {
    expect(() => analyzeResults(golden, options({ reference: 'imagenet' }))).toThrow('imagenet');
  });

  test('uses only architectures that finished on both datasets', () => {
    const rows = [...rowsOf('reference', [0.1, 0.2, 0.3, 0.4, null]), ...rowsOf('target', [0.2, null, 0.1, 0.4, 0.01])];
    expect(analyzeResults(rows, options()).correlations[0]).toMatchObject({ n: 3 });
  });

  test('takes the mean over the seeds that finished', () => {
    const rows = [
      ...rowsOf('reference', [0.1, 0.2, 0.3]),
      ...rowsOf('target', [0.1, 0.5, 0.2]),
      ...rowsOf('target', [0.3, null, 0.6], { seed: 1 }),
    ];
    expect(analyzeResults(rows, options()).matrix.errors.get('target')).toEqual([0.2, 0.5, 0.4]);
  });

  test('has p-values that detect relations, corrected over the targets', () => {
    const { targets } = analyzeResults(golden, options({ bootstrapResamples: 2500 }));
    const found = Object.fromEntries(targets.map(({ target, ...values }) => [target, values]));
    expect(found['aligned']).toMatchObject({ verdict: 'holds' });
    expect(found['opposed']).toMatchObject({ verdict: 'reversed' });
    expect(found['aligned']!.pValueCorrected).toBeLessThan(0.001);
    expect(found['opposed']!.pValueCorrected).toBeLessThan(0.001);
    expect(found['unrelated']!.pValue).toBeGreaterThan(0.1);
    expect(found['constant']).toMatchObject({ verdict: 'undecided', pValue: null, pValueCorrected: null });
    for (const { verdictCi95, pValue, pValueCorrected } of targets) {
      if (verdictCi95 === null) continue;
      expect(pValueCorrected! <= 0.05).toBe(verdictCi95[0] > 0 || verdictCi95[1] < 0);
      expect(pValue).toBeLessThanOrEqual(pValueCorrected!);
    }
  });

  test('correlates parameters with the error, each dataset with its own values of them', () => {
    const errors = [0.1, 0.2, 0.3, 0.4];
    const flops = (...values: number[]) => values.map((value) => ({ flops: value }));
    const rows = [
      ...rowsOf('reference', errors, { further: flops(4, 3, 2, 1) }),
      ...rowsOf('target', errors, { further: flops(10, 20, 30, 40) }),
    ];
    const { effects } = analyzeResults(rows, options({ parameters: ['flops', 'd1'] }));
    expect(effects.map(({ parameter, dataset, n, spearman }) => [parameter, dataset, n, spearman])).toEqual([
      ['flops', 'reference', 4, -1],
      ['flops', 'target', 4, 1],
      ['d1', 'reference', 0, null],
      ['d1', 'target', 0, null],
    ]);
  });

  test('holds the complexity fixed beside the raw correlation of a parameter', () => {
    // depth goes with the error only through the flops
    const random = stream(2, 'fixed');
    const further = Array.from({ length: 200 }, () => {
      const size = random.normal();
      return { flops: Math.exp(size), d1: Math.round(4 * (size + random.normal())) };
    });
    const errors = further.map(({ flops }) => 0.5 - 0.05 * Math.log(flops) + 0.02 * random.normal());
    const rows = rowsOf('reference', errors, { further });
    const { effects } = analyzeResults(rows, options({ parameters: ['d1', 'flops'] }));
    const [depth, flops] = effects;
    expect(depth).toMatchObject({ parameter: 'd1', fixed: 'flops' });
    expect(depth!.pearson).toBeLessThan(-0.5);
    expect(depth).toMatchObject({ verdict: 'related' });
    expect(depth!.pValueCorrected).toBeLessThan(0.01);
    expect(Math.abs(depth!.partialPearson!)).toBeLessThan(0.2);
    expect(depth!.partialPearsonCi95![0]).toBeLessThan(0);
    expect(depth!.partialPearsonCi95![1]).toBeGreaterThan(0);
    expect(flops).toMatchObject({ fixed: null, partialPearson: null, partialPearsonCi95: null });
  });

  test('says how its intervals were made, and makes them all by one method if that is asked', () => {
    const { methods, correlations } = analyzeResults(golden, options({ seed: 4 }));
    expect(methods).toMatchObject({ resamples: 200, permutations: 1000, seed: 4 });
    const all = analyzeResults(golden, options({ seed: 4, intervals: 'bca' }));
    expect([methods.intervals, all.methods.intervals]).toEqual(['percentile', 'bca']);
    expect(all.correlations[0]!.pearson).toBe(correlations[0]!.pearson);
    expect(all.correlations[0]!.pearsonCi95).not.toEqual(correlations[0]!.pearsonCi95);
  });

  test('has null for undefined figures, down to a single architecture on a single dataset', () => {
    for (const rows of [
      rowsOf('reference', [0.1]),
      [...rowsOf('reference', [0.1, 0.2]), ...rowsOf('target', [null, null])],
    ]) {
      const analysis = analyzeResults(rows, options({ parameters: ['d1', 'params'] }));
      const numbers = JSON.stringify({ ...analysis, matrix: null }, (_, value: unknown) =>
        typeof value === 'number' && !Number.isFinite(value) ? 'not finite' : value,
      );
      expect(numbers).not.toContain('not finite');
      for (const pair of analysis.correlations)
        expect([pair.pearson, pair.spearman, pair.kendallTauB, pair.weightedTau]).toEqual([null, null, null, null]);
    }
  });
});
