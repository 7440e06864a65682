import { describe, expect, test } from 'vitest';
import { separatedTable } from '../../../lib/results/raw-table.ts';
import { tidyRows } from '../../../lib/results/results-table.ts';
import { inFractions, type Unit } from '../../../lib/results/units.ts';

const rows = (text: string, unit: Unit) => tidyRows(inFractions(separatedTable(text, 'a.csv'), unit));

describe('a tidy table in another unit', () => {
  test.each([
    ['error-percent', 'top1Error', '25'],
    ['accuracy', 'top1Accuracy', '0.75'],
    ['accuracy-percent', 'accuracy', '75 %'],
    ['accuracy-percent', 'top1Accuracy', '75'],
    ['error', 'error', '0.25'],
  ] as const)('%s in column %s has errors as fractions', (unit, column, cell) => {
    expect(rows(`architecture,dataset,${column},year\na,x,${cell},2020\nb,x,NA,2021\n`, unit)).toEqual([
      { architecture: 'a', dataset: 'x', seed: 0, top1Error: 0.25, year: 2020 },
      { architecture: 'b', dataset: 'x', seed: 0, top1Error: null, year: 2021 },
    ]);
  });

  test('has its errors of validation and of five guesses in the same unit', () => {
    const [row] = rows(
      'architecture;dataset;top1Accuracy;top5Accuracy;validationTop1Accuracy\na;x;75,0;100;50\n',
      'accuracy-percent',
    );
    expect(row).toMatchObject({ top1Error: 0.25, top5Error: 0, validationTop1Error: 0.5 });
  });

  test.each([
    [
      'accuracy-percent',
      'top1Accuracy',
      '120',
      'line 2: column top1Accuracy must be an accuracy from 0 to 100 percent, got "120"',
    ],
    [
      'error-percent',
      'top1Error',
      'good',
      'line 2: column top1Error must be an error from 0 to 100 percent, got "good"',
    ],
    ['accuracy-percent', 'top1Error', '25', 'column top1Error contradicts --unit accuracy-percent'],
    ['error', 'accuracy', '0.25', 'column accuracy contradicts --unit error'],
    [
      'accuracy-percent',
      'accuracy',
      '0.81',
      'column accuracy has no value above 1, so its values are hardly percentages',
    ],
    ['accuracy', 'accuracy,top1Accuracy', '0.5,0.5', 'columns accuracy'],
  ] as const)('%s in column %s: %s is refused', (unit, column, cell, problem) => {
    expect(() => rows(`architecture,dataset,${column}\na,x,${cell}\n`, unit)).toThrow(problem);
  });

  test('is pointed to if a table of accuracies is given without a unit', () => {
    expect(() => tidyRows(separatedTable('architecture,dataset,accuracy\na,x,75\n', 'a.csv'))).toThrow(
      'column top1Error is missing (found architecture, dataset, accuracy): with --unit accuracy or accuracy-percent, say, errors are taken from accuracy',
    );
  });
});
