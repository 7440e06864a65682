import { expect, test } from 'vitest';
import { analyzeResults } from '../../../../lib/analysis/index.ts';
import { stream } from '../../../../lib/core/random.ts';
import { options, rowsOf } from '../results.ts';

const random = stream(8, 'advice');
const target = Array.from({ length: 100 }, () => 0.4 + 0.05 * random.normal());
const near = (noise: number) => target.map((error) => error + noise * random.normal());
const sizes = target.map((error) => Math.round(1e6 * Math.exp(-8 * error + random.normal())));
const of = (columns: object) => ({
  further: target.map((_, index) => ({ params: sizes[index]!, flops: 1000, epochs: 10, ...columns })),
});

const rows = [
  ...rowsOf('reference', near(0.06), of({ imagesPerEpoch: 1000 })),
  ...rowsOf('target', target, of({ imagesPerEpoch: 200 })),
  ...rowsOf('ten-a', near(0.02), of({ parentDataset: 'reference', classes: 10, classDraw: 0, imagesPerEpoch: 100 })),
  ...rowsOf('ten-b', near(0.02), of({ parentDataset: 'reference', classes: 10, classDraw: 1, imagesPerEpoch: 300 })),
  ...rowsOf('other', near(0.1), of({ imagesPerEpoch: 500 })),
];
const { advice } = analyzeResults(rows, options({ parameters: ['params'], bootstrapResamples: 2500 }));
const sources = advice.find((entry) => entry.target === 'target')!.sources;
const source = (name: string) => sources.find((found) => found.name === name)!;

test('sources are ordered by how well they rank; draws of as many classes are one', () => {
  expect(sources.map(({ kind, name }) => `${kind}: ${name}`)).toEqual([
    'subset: reference, 10 classes',
    'reference: reference',
    ...sources.slice(2).map(({ kind, name }) => `${kind}: ${name}`),
  ]);
  expect(sources.map(({ name }) => name).sort()).toEqual(['other', 'params', 'reference', 'reference, 10 classes']);
  const rhos = sources.map(({ spearman }) => spearman!);
  expect(rhos).toEqual([...rhos].sort((a, b) => b - a));
  expect(source('reference, 10 classes').datasets).toEqual(['ten-a', 'ten-b']);
});

test('the only source that the data do not exclude is advised', () => {
  const found = advice.find((entry) => entry.target === 'target')!;
  expect(found).toMatchObject({ n: 100, verdict: 'one', advised: 'reference, 10 classes' });
  expect(sources.filter(({ inSet }) => inSet).map(({ name }) => name)).toEqual(['reference, 10 classes']);
  expect(source('reference').pValueBest).toBeLessThan(0.05);
  expect(source('reference').behindBest).toBeCloseTo(sources[0]!.spearman! - source('reference').spearman!, 12);
});

test('of sources that cannot be told apart the cheapest is advised', () => {
  const alike = [
    ...rowsOf('reference', near(0.02), of({ imagesPerEpoch: 1000 })),
    ...rowsOf('target', target, of({ imagesPerEpoch: 200 })),
    ...rowsOf('cheap', near(0.02), of({ imagesPerEpoch: 10 })),
  ];
  const [found] = analyzeResults(alike, options({ parameters: ['params'], bootstrapResamples: 1000 })).advice;
  expect(found).toMatchObject({ target: 'target', verdict: 'several', advised: 'cheap' });
  expect(
    found!.sources
      .filter(({ inSet }) => inSet)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['cheap', 'reference']);
});

test('nothing is advised if no interval lies above 0, or there are fewer than six architectures', () => {
  const unrelated = (seed: number) => {
    const own = stream(seed, 'unrelated');
    return Array.from({ length: 40 }, () => own.uniform());
  };
  const rowsOfThree = ['reference', 'target', 'other'].flatMap((name, index) => rowsOf(name, unrelated(index)));
  for (const { verdict, advised } of analyzeResults(rowsOfThree, options()).advice)
    expect([verdict, advised]).toEqual(['nothing', null]);
  const few = ['reference', 'target'].flatMap((name) => rowsOf(name, [0.1, 0.2, 0.3, 0.4, 0.5]));
  expect(analyzeResults(few, options()).advice[0]).toMatchObject({ verdict: 'nothing', advised: null });
});

test('sources are compared on the architectures that have all of them', () => {
  const missing = rows.map((row) =>
    row.dataset === 'other' && row.architecture < 'arch-020' ? { ...row, top1Error: null } : row,
  );
  const complete = rows.filter(({ architecture }) => architecture >= 'arch-020');
  const of = (table: typeof rows) =>
    analyzeResults(table, options({ parameters: ['params'] }), ['advice']).advice.find(
      ({ target: name }) => name === 'target',
    )!;
  expect(of(missing).n).toBe(80);
  expect(of(missing).sources.map(({ name, spearman }) => [name, spearman])).toEqual(
    of(complete).sources.map(({ name, spearman }) => [name, spearman]),
  );
});

test('costs are training operations relative to the reference; a size costs none', () => {
  expect(source('reference').cost).toBe(1);
  expect(source('reference, 10 classes').cost).toBeCloseTo(0.2, 12);
  expect(source('other').cost).toBeCloseTo(0.5, 12);
  expect(source('params')).toMatchObject({ cost: 0, datasets: [] });
});

test('size is useful if larger networks have smaller errors: its sign is turned', () => {
  expect(source('params').spearman).toBeGreaterThan(0.1);
});

test('the regret of a source is the mean over its datasets', () => {
  const { choices } = analyzeResults(rows, options());
  const regret = (name: string) =>
    choices.find((c) => c.target === 'target' && c.k === 1 && c.by.name === name)!.regret;
  expect(source('reference, 10 classes').regret).toBeCloseTo((regret('ten-a') + regret('ten-b')) / 2, 12);
});

test('costs are unknown if the table lacks the number of training images', () => {
  const without = rows.map((row) => ({ ...row, imagesPerEpoch: null }));
  const [first] = analyzeResults(without, options()).advice;
  expect(first!.sources.map(({ cost }) => cost)).toEqual([null, null, null]);
});
