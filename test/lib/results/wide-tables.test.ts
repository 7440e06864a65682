import { describe, expect, test } from 'vitest';
import { csvTable } from '../../../lib/results/raw-table.ts';
import { wideCovariates, wideRows, type WideOptions } from '../../../lib/results/wide-tables.ts';

const wide = (files: Record<string, string>, options: Partial<WideOptions> = {}) =>
  wideRows(
    Object.entries(files).map(([name, text]) => csvTable(text, name)),
    { unit: 'accuracy-percent', ...options },
  );

const testbed = `,val,sketch,imagenet-a
resnet50,76.13,24.09,0.0
vgg16,71.59,NaN,0.1
bit-m,82.3,,
`;

describe('a wide table', () => {
  test('gives a row for each entry that is there, and none for a missing one', () => {
    const rows = wide({ 'testbed.csv': testbed });
    expect(rows.map(({ architecture, dataset, seed }) => [architecture, dataset, seed])).toEqual([
      ['resnet50', 'val', 0],
      ['vgg16', 'val', 0],
      ['bit-m', 'val', 0],
      ['resnet50', 'sketch', 0],
      ['resnet50', 'imagenet-a', 0],
      ['vgg16', 'imagenet-a', 0],
    ]);
    const errors = [0.2387, 0.2841, 0.177, 0.7591, 1, 0.999];
    rows.forEach(({ top1Error }, index) => expect(top1Error).toBeCloseTo(errors[index]!, 12));
  });

  test.each([
    ['error', '0.25', 0.25],
    ['accuracy', '0.75', 0.25],
    ['error-percent', '25', 0.25],
    ['accuracy-percent', '75 %', 0.25],
  ] as const)('has numbers of the unit %s', (unit, cell, error) => {
    expect(wide({ 'a.csv': `model,x\na,${cell}\n` }, { unit })[0]!.top1Error).toBe(error);
  });

  test.each([
    ['error', '25', 'line 2: column x must be an error from 0 to 1, got "25"'],
    ['accuracy-percent', '120', 'line 2: column x must be an accuracy from 0 to 100 percent, got "120"'],
    ['accuracy-percent', '-1', 'line 2: column x must be an accuracy from 0 to 100 percent, got "-1"'],
    ['error', 'good', 'line 2: column x must be an error from 0 to 1, got "good"'],
  ] as const)('is refused with file, line, column and value: %s %s', (unit, cell, message) => {
    expect(() => wide({ 'a.csv': `model,x\na,${cell}\n` }, { unit })).toThrow(
      `a.csv is not a results table:\n  ${message}`,
    );
  });

  test('is refused if its percentages seem to be fractions', () => {
    const fractions = 'model,x,y\na,0.81,0.4\nb,1,0\n';
    expect(() => wide({ 'a.csv': fractions })).toThrow('no accuracy is above 1; --unit accuracy is for fractions');
    expect(wide({ 'a.csv': fractions }, { unit: 'accuracy' })).toHaveLength(4);
    expect(() => wide({ 'a.csv': fractions, 'b.csv': 'model,z\na,76\n' })).toThrow('y has no value above 0.4');
  });

  test('names its architectures by a column, or by several that tell them apart', () => {
    const text = 'x,model,size\n50,a,224\n60,a,288\n';
    const named = (architectureColumns: string[]) =>
      wide({ 'a.csv': text }, { architectureColumns, datasets: ['x'] }).map(({ architecture }) => architecture);
    expect(named(['model', 'size'])).toEqual(['a @ 224', 'a @ 288']);
    expect(() => named(['model'])).toThrow('line 3 repeats line 2: architecture a; more columns may distinguish them');
    expect(() => named(['name'])).toThrow(
      'column name, which should name the architectures, is missing (found x, model, size)',
    );
    expect(() => wide({ 'a.csv': 'model,x\n,50\n' })).toThrow('line 2: column model must be a name, got ""');
  });

  test('is refused with one line for a column of text, and a few for one with some', () => {
    const lines = Array.from({ length: 30 }, (_, index) => `m${index},50,resnet`);
    expect(() => wide({ 'a.csv': `model,x,family\n${lines.join('\n')}\n` })).toThrow(
      /:\n {2}column family has no number that is an accuracy .*, but "resnet" and the like\n {2}if this column is not/,
    );
    const some = lines.map((line, index) => (index < 10 ? line : line.replace('resnet', '60')));
    expect(() => wide({ 'a.csv': `model,x,y\n${some.join('\n')}\n` })).toThrow(
      /line 6: column y .* got "resnet"\n {2}and 5 more of this column\n {2}if this column is not a dataset, name the columns/,
    );
  });

  test('takes all other columns for datasets unless they are named', () => {
    const text = 'model,x,year\na,50,2020\n';
    expect(() => wide({ 'a.csv': text })).toThrow(/column year must be .* got "2020"\n.*name the columns that are/);
    expect(wide({ 'a.csv': text }, { datasets: ['x'] })).toHaveLength(1);
    expect(() => wide({ 'a.csv': text }, { datasets: ['x', 'z'] })).toThrow('z (found model, x, year)');
  });

  test('has covariates beside its datasets, with their digits grouped or not', () => {
    const text = 'model,x,params\na,50,"1,014.45"\nb,60,25\nc,70,\n';
    expect(wide({ 'a.csv': text }, { covariates: ['params'] }).map(({ params }) => params)).toEqual([
      1014.45,
      25,
      null,
    ]);
    expect(() => wide({ 'a.csv': text.replace('25', 'many') }, { covariates: ['params'] })).toThrow(
      'line 3: column params must be a number, got "many"',
    );
    expect(() => wide({ 'a.csv': text }, { covariates: ['flops'] })).toThrow('flops (found model, x, params)');
  });

  test('whose covariate has the name of a column of results is refused', () => {
    const text = 'model,x,seed\na,50,1\n';
    expect(() => wide({ 'a.csv': text }, { covariates: ['seed'] })).toThrow('seed is a column of every results table');
  });

  test('without a column of a dataset is refused, such as one whose cells are not separated by commas', () => {
    expect(() => wide({ 'a.csv': 'model;x\na;50\nb;60\n' })).toThrow('there are none (found model;x)');
  });

  test('without any entry is refused', () => {
    expect(() => wide({ 'a.csv': 'model,x\na,\nb,NA\n' })).toThrow('every entry of every dataset is missing');
  });
});

describe('several wide tables', () => {
  test('are joined by architecture; a column that all have is called as its file', () => {
    const files = {
      'results/imagenet.csv': 'model,top1\na,50\nb,60\n',
      'results/sketch.csv': 'model,top1\nb,20\nc,30\n',
    };
    expect(wide(files).map(({ architecture, dataset }) => `${architecture} ${dataset}`)).toEqual([
      'a imagenet',
      'b imagenet',
      'b sketch',
      'c sketch',
    ]);
    const two = { 'x.csv': 'model,top1,top5\na,50,80\n', 'y.csv': 'model,top1,top5\na,40,70\n' };
    expect(wide(two).map(({ dataset }) => dataset)).toEqual(['x/top1', 'x/top5', 'y/top1', 'y/top5']);
    expect(() => wide({ 'p/x.csv': 'model,top1\na,50\n', 'q/x.csv': 'model,top1\na,40\n' })).toThrow(
      'two of them have a dataset named x',
    );
  });

  test('may have a covariate in any of them, also in one without datasets', () => {
    const files = { 'a.csv': 'model,x\na,50\nb,60\n', 'sizes.csv': 'model,params\nb,7\nz,9\n' };
    expect(wide(files, { datasets: ['x'], covariates: ['params'] })).toMatchObject([
      { architecture: 'a', params: null },
      { architecture: 'b', params: 7 },
    ]);
  });

  test('are refused if their covariates contradict each other', () => {
    const files = { 'a.csv': 'model,x,params\na,50,5\n', 'b.csv': 'model,y,params\nb,1,2\na,40,6\n' };
    expect(() => wide(files, { covariates: ['params'] })).toThrow('line 3: params of a is 6, but 5 in a.csv, line 2');
  });
});

test('a column of clusters is no dataset, and its text stays in the rows', () => {
  const rows = wide({ 'a.csv': 'model,family,x,y\na,resnet,60,61\nb,vit,70,71\n' }, { cluster: 'family' });
  expect(rows.map(({ architecture, dataset, family }) => [architecture, dataset, family])).toEqual([
    ['a', 'x', 'resnet'],
    ['b', 'x', 'vit'],
    ['a', 'y', 'resnet'],
    ['b', 'y', 'vit'],
  ]);
  expect(() => wide({ 'a.csv': 'model,x,y\na,60,61\n' }, { cluster: 'family' })).toThrow('family (found model, x, y)');
});

describe('columns that are no datasets', () => {
  test('are those that number the rows, whatever adds them', () => {
    for (const name of ['', 'index', 'Unnamed: 0', '__index_level_0__'])
      expect(wide({ 'a.csv': `${name},model,x\n0,a,50\n1,b,60\n` }).map(({ dataset }) => dataset)).toEqual(['x', 'x']);
    expect(wide({ 'a.csv': ',x\n0,50\n1,60\n' }, { architectureColumns: [''] })).toHaveLength(2);
  });

  test('are measures by their names, even if they look like percentages; they are covariates', () => {
    const text = 'model,x,params (M),GFLOPs,img_size\na,50,25,4.1,\nb,60,NA,8.2,22\n';
    const tables = [csvTable(text, 'a.csv')];
    expect(wideCovariates(tables, { unit: 'accuracy-percent' })).toEqual(['params (M)', 'GFLOPs', 'img_size']);
    expect(wide({ 'a.csv': text })).toMatchObject([
      { dataset: 'x', 'params (M)': 25, GFLOPs: 4.1, img_size: null },
      { dataset: 'x', 'params (M)': null, GFLOPs: 8.2, img_size: 22 },
    ]);
  });

  test('are datasets if they are named as such', () => {
    expect(wide({ 'a.csv': 'model,depth,x\na,50,60\n' }, { datasets: ['depth'] })).toMatchObject([
      { dataset: 'depth' },
    ]);
  });
});

test('more datasets than can be compared with each other are refused with their number', () => {
  const many = Array.from({ length: 100_000 }, (_, index) => `d${index}`);
  const text = `model,${many.join(',')}\na,${many.map(() => 50).join(',')}\n`;
  expect(() => wide({ 'a.csv': text })).toThrow('they must be at most 1000, got 100000; name those that are datasets');
  expect(wide({ 'a.csv': text }, { datasets: ['d7', 'd99999'] })).toHaveLength(2);
});

test('a column in fractions among percents is refused by name', () => {
  expect(() => wide({ 'a.csv': 'model,x,y\na,81,0.79\nb,75,0.7\n' })).toThrow('y has no value above 0.79');
  expect(wide({ 'a.csv': 'model,x,y\na,81,0.1\nb,75,0\n' })).toHaveLength(4);
});
