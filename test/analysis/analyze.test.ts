import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analyzeResults, type AnalysisOptions } from '../../analysis/analyze.ts';
import { parseResults, type ResultRow } from '../../results/results-table.ts';
import { stream } from '../../core/random.ts';
import expected from './golden/correlation.expected.json' with { type: 'json' };

const golden = parseResults(
  readFileSync(new URL('golden/correlation.csv', import.meta.url), 'utf8'),
  'correlation.csv',
);

const options = (changes: Partial<AnalysisOptions> = {}): AnalysisOptions => ({
  reference: 'reference',
  bootstrapResamples: 200,
  seed: 0,
  parameters: [],
  ...changes,
});

/** Rows of one dataset, architecture after architecture; null is a run that did not finish. */
const rowsOf = (dataset: string, errors: readonly (number | null)[], seed = 0, further: object[] = []): ResultRow[] =>
  errors.map((top1Error, index) => ({ architecture: `arch-${index}`, dataset, seed, top1Error, ...further[index] }));

describe('the correlations of the golden results', () => {
  const { correlations } = analyzeResults(golden, options({ bootstrapResamples: 2500 }));

  it('are of the expected pairs, in their order', () => {
    expect(correlations.map(({ a, b, n }) => ({ a, b, n }))).toEqual(expected.map(({ a, b, n }) => ({ a, b, n })));
  });

  it.each(expected.map((pair, index) => ({ ...pair, index })))("are SciPy's for $a and $b", ({ index, ...pair }) => {
    for (const name of ['pearson', 'spearman', 'kendallTauB'] as const) {
      const found = correlations[index]?.[name] as number | null;
      if (pair[name] === null) expect(found).toBeNull();
      else expect(Math.abs((found as number) - pair[name])).toBeLessThan(1e-9);
    }
  });

  it.each(expected.map((pair, index) => ({ ...pair, index })))(
    "have bootstrap intervals near Fisher's for $a and $b, or none where there is no correlation",
    ({ index, pearsonFisherCi95 }) => {
      const pair = correlations[index];
      if (pearsonFisherCi95 === null) {
        expect([pair?.pearsonCi95, pair?.spearmanCi95, pair?.kendallTauBCi95]).toEqual([null, null, null]);
        return;
      }
      pearsonFisherCi95.forEach((end, side) =>
        expect(Math.abs((pair?.pearsonCi95?.[side] as number) - end)).toBeLessThan(0.12),
      );
      for (const name of ['pearson', 'spearman', 'kendallTauB'] as const) {
        const [low, high] = pair?.[`${name}Ci95`] as [number, number];
        expect(low).toBeLessThan(pair?.[name] as number);
        expect(high).toBeGreaterThan(pair?.[name] as number);
      }
    },
  );
});

describe('an analysis', () => {
  it('does not depend on the order of the rows', () => {
    const datasets = ['reference', 'aligned', 'opposed', 'tied', 'unrelated', 'constant'];
    const shuffled = stream(1, 'rows').shuffled(golden);
    shuffled.sort((a, b) => datasets.indexOf(a.dataset) - datasets.indexOf(b.dataset));
    expect(analyzeResults(shuffled, options())).toEqual(analyzeResults(golden, options()));
  });

  it('puts the reference first, whatever its place in the table', () => {
    const { correlations, targets } = analyzeResults(golden, options({ reference: 'tied' }));
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

  it('refuses a reference that the table does not have', () => {
    expect(() => analyzeResults(golden, options({ reference: 'imagenet' }))).toThrow('imagenet');
  });

  it('uses only architectures that finished on both datasets', () => {
    const rows = [...rowsOf('reference', [0.1, 0.2, 0.3, 0.4, null]), ...rowsOf('target', [0.2, null, 0.1, 0.4, 0.01])];
    expect(analyzeResults(rows, options()).correlations[0]).toMatchObject({ n: 3 });
  });

  it('takes the mean over the seeds that finished', () => {
    const rows = [
      ...rowsOf('reference', [0.1, 0.2, 0.3]),
      ...rowsOf('target', [0.1, 0.5, 0.2]),
      ...rowsOf('target', [0.3, null, 0.6], 1),
    ];
    expect(analyzeResults(rows, options()).matrix.errors.get('target')).toEqual([0.2, 0.5, 0.4]);
  });

  it('has p-values that find what is related, corrected over the targets', () => {
    const { targets } = analyzeResults(golden, options());
    const found = Object.fromEntries(targets.map(({ target, ...values }) => [target, values]));
    expect(found['aligned']?.pValueHolm).toBeLessThan(0.001);
    expect(found['opposed']?.pValueHolm).toBeLessThan(0.001);
    // by SciPy: 0.00447 and 0.34
    expect(found['tied']?.pValue).toBeCloseTo(0.0045, 2);
    expect(found['tied']?.pValueHolm).toBeCloseTo(2 * (found['tied']?.pValue as number), 10);
    expect(found['unrelated']?.pValue).toBeCloseTo(0.34, 1);
    expect(found['constant']).toMatchObject({ pValue: null, pValueHolm: null });
  });

  it('says what choosing the k best on the reference loses on the target', () => {
    const reference = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99];
    const target = [0.5, 0.4, 0.4, 0.4, 0.2, 0.9, 0.9, 0.9, 0.9, 0.9, 0.1];
    const { targets } = analyzeResults([...rowsOf('reference', reference), ...rowsOf('target', target)], options());
    expect(targets[0]?.regret.map(({ k, regret }) => [k, Number(regret.toFixed(9))])).toEqual([
      [1, 0.4],
      [5, 0.1],
      [10, 0.1],
    ]);
  });

  it('resolves ties on the reference against the choice', () => {
    const errors = [0.1, 0.1, 0.3, 0.4];
    for (const target of [
      [0.2, 0.5, 0.6, 0.7],
      [0.5, 0.2, 0.6, 0.7],
    ]) {
      const { targets } = analyzeResults([...rowsOf('reference', errors), ...rowsOf('target', target)], options());
      expect(targets[0]?.regret[0]?.regret).toBeCloseTo(0.3, 12);
    }
  });

  it('correlates parameters with the error, each dataset with its own values of them', () => {
    const errors = [0.1, 0.2, 0.3, 0.4];
    const flops = (...values: number[]) => values.map((value) => ({ flops: value }));
    const rows = [
      ...rowsOf('reference', errors, 0, flops(4, 3, 2, 1)),
      ...rowsOf('target', errors, 0, flops(10, 20, 30, 40)),
    ];
    const { effects } = analyzeResults(rows, options({ parameters: ['flops', 'd1'] }));
    expect(effects.map(({ parameter, dataset, n, spearman }) => [parameter, dataset, n, spearman])).toEqual([
      ['flops', 'reference', 4, -1],
      ['flops', 'target', 4, 1],
      ['d1', 'reference', 0, null],
      ['d1', 'target', 0, null],
    ]);
  });

  it('has the noise ceiling of the datasets that were trained with several seeds', () => {
    const rows = [
      ...rowsOf('reference', [0.1, 0.2, 0.3, 0.4]),
      ...rowsOf('reference', [0.1, 0.2, 0.3, 0.4], 1),
      ...rowsOf('reference', [0.4, 0.3, 0.2, 0.1], 2),
      ...rowsOf('target', [0.1, 0.2, 0.3, 0.4]),
    ];
    const { noiseCeilings } = analyzeResults(rows, options());
    expect(noiseCeilings).toHaveLength(1);
    expect(noiseCeilings[0]).toMatchObject({ dataset: 'reference', seeds: 3 });
    expect(noiseCeilings[0]?.pearson).toBeCloseTo(-1 / 3, 12);
  });
});
