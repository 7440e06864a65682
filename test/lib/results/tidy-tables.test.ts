import { expect, test } from 'vitest';
import { csvTable } from '../../../lib/results/raw-table.ts';
import { joinedTidyRows } from '../../../lib/results/tidy-tables.ts';

const joined = (files: Record<string, string>, covariates: string[] = []) =>
  joinedTidyRows(
    Object.entries(files).map(([name, text]) => csvTable(text, name)),
    covariates,
  );

const header = 'architecture,dataset,seed,top1Error';

test('several results tables are one, each with its own columns', () => {
  const rows = joined({ 'a.csv': `${header},flops\na,x,0,0.5,7\n`, 'b.csv': `${header}\na,y,0,0.25\n` });
  expect(rows).toEqual([
    { architecture: 'a', dataset: 'x', seed: 0, top1Error: 0.5, flops: 7 },
    { architecture: 'a', dataset: 'y', seed: 0, top1Error: 0.25 },
  ]);
});

test('a run that two tables have is refused, with file and line', () => {
  expect(() => joined({ 'a.csv': `${header}\na,x,0,0.5\n`, 'b.csv': `${header}\nb,x,0,0.5\na,x,0,0.5\n` })).toThrow(
    'b.csv is not a results table:\n  line 3 repeats a run of a.csv: architecture a, dataset x, seed 0',
  );
});

test('covariates come from columns, or from a table of architectures', () => {
  const files = {
    'a.csv': `${header},flops\na,x,0,0.5,7\nb,x,0,0.25,8\n`,
    'sizes.csv': 'architecture,latency\na,1.5\nc,2\n',
  };
  expect(joined(files, ['flops', 'latency'])).toMatchObject([
    { architecture: 'a', flops: 7, latency: 1.5 },
    { architecture: 'b', flops: 8 },
  ]);
  expect(() => joined(files, ['acts'])).toThrow('acts (found architecture, dataset, seed, top1Error, flops');
});

test('a covariate that is no number is refused with its value', () => {
  expect(() => joined({ 'a.csv': `${header},size\na,x,0,0.5,7\nb,x,0,0.5,big\n` }, ['size'])).toThrow(
    'line 2: column size contains text, such as "7", instead of numbers',
  );
});

test('a table that is neither results nor covariates is refused for what it lacks', () => {
  expect(() => joined({ 'a.csv': 'model,top1\na,50\n' })).toThrow('column architecture is missing (found model, top1)');
  expect(() => joined({ 'a.csv': 'architecture,params\na,5\n' })).toThrow('column dataset is missing');
});

test('more datasets than can be compared with each other are refused with their number', () => {
  const lines = Array.from({ length: 1001 }, (_, index) => `a,d${index},0,0.5\n`);
  expect(() => joined({ 'a.csv': `${header}\n${lines.join('')}` })).toThrow('they must be at most 1000, got 1001');
});

test('measures in a table of architectures are covariates by their names', () => {
  const files = { 'a.csv': `${header}\na,x,0,0.5\n`, 'sizes.csv': 'architecture,params,maker\na,7,me\n' };
  expect(joined(files)).toEqual([{ architecture: 'a', dataset: 'x', seed: 0, top1Error: 0.5, params: 7 }]);
});

test('a missing value or grouped digits do not make a column text; another word among numbers is refused', () => {
  const rows = (value: string) =>
    joined({ 'a.csv': `${header},params\na,x,0,0.5,25\nb,x,0,NA,${value}\nc,x,0,0.5,7\n` });
  expect(rows('NA').map(({ params }) => params)).toEqual([25, null, 7]);
  expect(rows('NA')[1]!.top1Error).toBeNull();
  expect(rows('"1,013.01"')[1]!['params']).toBe(1013.01);
  expect(() => rows('inf')).toThrow('line 3: column params must be a number or empty, got "inf"');
});

test('without a column of seeds, the rows of an architecture on a dataset are its seeds', () => {
  const rows = joined({ 'a.csv': 'architecture,dataset,top1Error\na,x,0.5\na,x,0.4\na,y,0.3\n' });
  expect(rows.map(({ dataset, seed }) => `${dataset} ${seed}`)).toEqual(['x 0', 'x 1', 'y 0']);
});
