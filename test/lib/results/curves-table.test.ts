import { expect, test } from 'vitest';
import { parseCurves } from '../../../lib/results/curves-table.ts';

const header = 'architecture,dataset,seed,epoch,learningRate,validationTop1Error';
const parse = (...lines: string[]) => parseCurves([header, ...lines].join('\n'), 'curves.csv');

test('a table of curves has a row an epoch; an error that was not measured is empty', () => {
  expect(parse('a,mnist,0,1,0.1,0.5', 'a,mnist,0,2,0.05,')).toEqual([
    { architecture: 'a', dataset: 'mnist', seed: 0, epoch: 1, validationTop1Error: 0.5 },
    { architecture: 'a', dataset: 'mnist', seed: 0, epoch: 2, validationTop1Error: null },
  ]);
});

test('it may have no rows: a study whose runs all failed has none', () => {
  expect(parse()).toEqual([]);
});

test.each([
  ['a,mnist,0,0,0.1,0.5', 'line 2: epoch must be a whole number from 1, got "0"'],
  ['a,mnist,x,1,0.1,0.5', 'line 2: seed must be a whole number from 0, got "x"'],
  [',mnist,0,1,0.1,0.5', 'line 2: architecture must be a name, got ""'],
  ['a,mnist,0,1,0.1,50', 'line 2: validationTop1Error must be a fraction from 0 to 1, got "50"'],
])('it is refused with line, column and value: %s', (line, message) => {
  expect(() => parse(line)).toThrow(`curves.csv is not a results table:\n  ${message}`);
});

test('an epoch that appears twice, and a missing column, are refused', () => {
  expect(() => parse('a,mnist,0,1,0.1,0.5', 'a,mnist,0,1,0.1,0.4')).toThrow(
    'line 3 repeats line 2: epoch 1 of the same run',
  );
  expect(() => parseCurves('architecture,dataset,seed,epoch\n', 'curves.csv')).toThrow(
    'column validationTop1Error is missing',
  );
});
