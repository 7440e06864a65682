import { expect, test } from 'vitest';
import { figureCsv } from '../../../lib/report/figure-csv.ts';
import { forSpreadsheets } from '../../../lib/report/spreadsheet-text.ts';
import { formatResults, parseResults } from '../../../lib/results/results-table.ts';
import { parseCsv } from '../../../lib/core/files/csv.ts';

test('texts that a spreadsheet would compute are led by an apostrophe, numbers are not', () => {
  const csv = figureCsv({
    header: ['=A1', 'r'],
    rows: [
      ['+1', -0.5],
      ['-cmd', null],
      ['@x', 1e-7],
      ['\tx', 2],
      ['plain', 3],
    ],
  });
  expect(csv.split('\r\n')).toEqual(["'=A1,r", "'+1,-0.5", "'-cmd,", "'@x,1e-7", "'\tx,2", 'plain,3', '']);
});

test('commas, quotes and ends of lines in names stay in their cells', () => {
  const names = ['a,b', 'say "x"', 'two\nlines', '<script>'];
  const csv = figureCsv({ header: names, rows: [names] });
  const { header, records } = parseCsv(csv, 'figure.csv');
  expect(header).toEqual(names);
  expect(records.map(({ cells }) => cells)).toEqual([names]);
});

test('tables of an analysis are as harmless; a results table keeps its names, to be read again', () => {
  expect([...forSpreadsheets([{ a: '=1+1', r: -0.5, '@b': null }])]).toEqual([{ a: "'=1+1", r: -0.5, "'@b": null }]);
  const rows = [{ architecture: '=1+1', dataset: '@x', seed: 0, top1Error: 0.5 }];
  expect(parseResults(formatResults(rows), 'results.csv')).toEqual(rows);
});
