import { expect, test } from 'vitest';
import { analyzeResults } from '../../../lib/analysis/index.ts';
import { analysisTables } from '../../../lib/report/analysis-tables.ts';
import { options, rowsOf } from '../analysis/results.ts';

const errors = [0.1, 0.2, 0.3, 0.45, 0.5, 0.7, 0.75, 0.8];
const of = (columns: object) => ({ further: errors.map((_, index) => ({ params: 5 + index * index, ...columns })) });
const rows = [
  ...rowsOf('reference', errors, of({})),
  ...rowsOf('target', [0.2, 0.1, 0.4, 0.3, null, 0.6, 0.5, 0.9], of({})),
  ...rowsOf('ten', errors, of({ parentDataset: 'reference', classes: 10, classDraw: 3 })),
];
const tables = analysisTables(analyzeResults(rows, options({ parameters: ['params'] })));
const table = (name: string) => [...tables.get(name)!()];

test('intervals are two columns, also if they are undefined, and nested fields have both names', () => {
  const [first] = table('targets');
  expect(Object.keys(first!)).toEqual(
    expect.arrayContaining(['linearLineSlope', 'linearLineSlopeCi95Low', 'linearLineSlopeCi95High', 'probitLineR2']),
  );
  expect(first!['partialPearsonParams']).toBeTypeOf('number');
  expect(first!['partialPearsonCi95ParamsLow']).toBeTypeOf('number');
  for (const name of tables.keys())
    for (const row of table(name))
      for (const [column, value] of Object.entries(row))
        expect(value === null || ['number', 'string'].includes(typeof value), `${name}.${column}`).toBe(true);
});

test('every verdict stands in a table, beside the interval or the corrected p-value that gave it', () => {
  const two = [0, 1].flatMap((seed) => rows.map((row) => ({ ...row, seed })));
  const curves = two.flatMap(({ architecture, dataset, seed, top1Error }) =>
    [1, 2].map((epoch) => ({ architecture, dataset, seed, epoch, validationTop1Error: top1Error })),
  );
  const all = analysisTables(analyzeResults(two, options({ parameters: ['params'], curves })));
  const columns: Record<string, string[]> = {
    targets: ['verdict', 'verdictCi95Low', 'verdictCi95High', 'pValueCorrected'],
    subsets: ['verdict', 'differenceCi95Low', 'differenceCi95High', 'pValueCorrected', 'isOfThisDraw'],
    comparisons: ['verdict', 'differenceCi95Low', 'differenceCi95High', 'pValueCorrected'],
    advice: ['verdict', 'advised', 'inSet', 'spearmanCi95Low', 'spearmanCi95High', 'pValueBest'],
    effects: ['verdict', 'pValueCorrected'],
    'effect-differences': ['verdict', 'differenceCi95Low', 'differenceCi95High', 'pValueCorrected'],
    reliabilities: ['verdict', 'seedSpearmanCi95Low', 'seedSpearmanCi95High'],
    curves: ['visibleFrom', 'pValueCorrected'],
  };
  for (const [name, wanted] of Object.entries(columns)) {
    const [first] = [...all.get(name)!()];
    expect(Object.keys(first!), name).toEqual(expect.arrayContaining(wanted));
  }
  expect(['holds', 'weak', 'gone', 'reversed', 'undecided']).toContain([...all.get('targets')!()][0]!['verdict']);
});

test('an architecture has a row for each target on which it has an error', () => {
  const architectures = table('architectures').filter(({ target }) => target === 'target');
  expect(architectures.map(({ architecture }) => architecture)).toEqual(
    [0, 1, 2, 3, 5, 6, 7].map((index) => `arch-00${index}`),
  );
  expect(architectures[0]).toMatchObject({ referenceRank: 1, targetRank: 2, rankChange: 1 });
});

test('lists become rows, or names in one cell', () => {
  expect(table('subset-draws')).toMatchObject([{ target: 'target', classes: 10, dataset: 'ten', classDraw: 3, n: 7 }]);
  expect(table('subsets')).toMatchObject([{ target: 'target', classes: 10, draws: 1 }]);
  expect(table('advice').map(({ place, name, datasets }) => [place, name, datasets])).toContainEqual([
    expect.any(Number),
    'reference, 10 classes',
    'ten',
  ]);
  expect(table('choices')[0]).toMatchObject({ byKind: 'reference', byName: 'reference', k: 1 });
  expect(table('runs')[1]).toMatchObject({ dataset: 'target', finished: 7, failed: 'unknown: 1' });
});
