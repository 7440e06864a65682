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
