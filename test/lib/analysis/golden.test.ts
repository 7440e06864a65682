import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { analyzeResults } from '../../../lib/analysis/index.ts';
import { parseResults } from '../../../lib/results/results-table.ts';
import correlationCases from './golden/correlation.expected.json' with { type: 'json' };
import transferCases from './golden/transfer.expected.json' with { type: 'json' };
import { options } from './results.ts';

const rowsOf = (name: string) => parseResults(readFileSync(new URL(`golden/${name}`, import.meta.url), 'utf8'), name);

/** Of numbers that are given with ten digits. */
const close = 1e-9;

function expectClose(found: number | null | undefined, expected: number | null): void {
  if (expected === null) expect(found).toBeNull();
  else expect(Math.abs(found! - expected)).toBeLessThan(close);
}

describe('the correlations of the golden results', () => {
  const { correlations } = analyzeResults(rowsOf('correlation.csv'), options({ bootstrapResamples: 2500 }));

  test('are of the expected pairs, in their order', () => {
    expect(correlations.map(({ a, b, n }) => ({ a, b, n }))).toEqual(
      correlationCases.map(({ a, b, n }) => ({ a, b, n })),
    );
  });

  test.each(correlationCases.map((pair, index) => ({ ...pair, index })))("are SciPy's for $a and $b", (pair) => {
    const found = correlations[pair.index]!;
    for (const name of ['pearson', 'spearman', 'kendallTauB'] as const) expectClose(found[name], pair[name]);
  });

  test.each(correlationCases.map((pair, index) => ({ ...pair, index })))(
    "have intervals near Fisher's for $a and $b, or none where there is no correlation",
    ({ index, pearsonFisherCi95 }) => {
      const pair = correlations[index]!;
      const names = ['pearson', 'spearman', 'kendallTauB', 'weightedTau'] as const;
      if (pearsonFisherCi95 === null) {
        for (const name of names) expect([pair[name], pair[`${name}Ci95`]]).toEqual([null, null]);
        return;
      }
      pearsonFisherCi95.forEach((end, side) => expect(Math.abs(pair.pearsonCi95![side]! - end)).toBeLessThan(0.12));
      for (const name of names) {
        const [low, high] = pair[`${name}Ci95`]!;
        expect(low).toBeLessThan(pair[name]!);
        expect(high).toBeGreaterThan(pair[name]!);
      }
    },
  );
});

describe('the transfer of the golden results', () => {
  const analysis = analyzeResults(rowsOf('transfer.csv'), options({ parameters: ['flops', 'params'] }));

  test.each(transferCases.pairs)(
    "to $b is SciPy's and NumPy's",
    ({ a, b, n, weightedTau, partialPearson, ...lines }) => {
      const pair = analysis.correlations.find((found) => found.a === a && found.b === b)!;
      const target = analysis.targets.find((found) => found.target === b)!;
      expect([pair.n, target.n]).toEqual([n, n]);
      expectClose(pair.weightedTau, weightedTau);
      expectClose(target.partialPearson['flops'], partialPearson.flops);
      expectClose(target.partialPearson['params'], partialPearson.params);
      for (const scale of ['linearLine', 'probitLine', 'logitLine'] as const) {
        expect(target[scale].n).toBe(lines[scale].n);
        for (const field of ['slope', 'intercept', 'r2'] as const) {
          expectClose(target[scale][field], lines[scale][field]);
          const [low, high] = target[scale][`${field}Ci95`]!;
          expect(low).toBeLessThan(lines[scale][field]);
          expect(high).toBeGreaterThan(lines[scale][field]);
        }
      }
    },
  );

  test("has SciPy's correlations between seeds and with the parameter count", () => {
    expect(Object.fromEntries(analysis.reliabilities.map(({ dataset, seeds }) => [dataset, seeds]))).toEqual(
      Object.fromEntries(Object.keys(transferCases.seedCorrelation).map((dataset) => [dataset, 2])),
    );
    for (const { dataset, seedCorrelation } of analysis.reliabilities)
      expectClose(seedCorrelation, transferCases.seedCorrelation[dataset as 'easy']);
    const byParams = analysis.sizeBaselines.filter(({ measure }) => measure === 'params');
    expect(byParams).toHaveLength(5);
    for (const { dataset, spearman } of byParams)
      expectClose(spearman, transferCases.sizeBaseline[dataset as 'easy'].spearmanOfParams);
  });
});
