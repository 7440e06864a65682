import { describe, expect, test } from 'vitest';
import { numberOf } from '../../../lib/results/foreign-numbers.ts';
import { isNumber, repeatedColumns } from '../../../lib/results/raw-table.ts';
import { formatResults, parseResults, type ResultRow } from '../../../lib/results/results-table.ts';

const row = (changes: Partial<ResultRow> = {}): ResultRow => ({
  architecture: 'arch-000',
  dataset: 'mnist',
  seed: 0,
  top1Error: 0.25,
  ...changes,
});

const header = 'architecture,dataset,seed,top1Error';
const parse = (...lines: string[]) => parseResults([header, ...lines].join('\n'), 'mine.csv');

describe('the results table', () => {
  test('comes back from its CSV unchanged, whatever is in its names', () => {
    const rows = [
      row({ architecture: 'a "quoted", name', outcome: 'finished', flops: 1e6, note: 'two\nlines' }),
      row({ architecture: 'b', top1Error: null, outcome: 'failed', flops: null, note: null }),
      row({ architecture: 'c', top1Error: 1 / 3, outcome: 'finished', flops: 5, note: '<b>' }),
    ];
    expect(parseResults(formatResults(rows), 'own.csv')).toEqual(rows);
    expect(formatResults(rows)).toMatch(/[^\n]\n$/);
  });

  test('has every column that one of its rows has', () => {
    const text = formatResults([row(), row({ seed: 1, d5: 2 })]);
    expect(parseResults(text, 'own.csv').map(({ d5 }) => d5)).toEqual([null, 2]);
  });

  test('keeps keys that look like numbers as they are', () => {
    const rows = [row({ runKey: '12345678901234567890123456789012' }), row({ seed: 1, runKey: 'ab' })];
    expect(parseResults(formatResults(rows), 'own.csv')).toEqual(rows);
  });
});

describe('a results table from a file', () => {
  test('may have its columns in any order and further ones, a byte order mark, blank lines and other line ends', () => {
    const text = '\uFEFFtop1Error,seed,dataset,architecture,width\r\n0.5,3,mnist,a,64\r\n\r\n,3,mnist,b,32\r\n\r\n';
    expect(parseResults(text, 'mine.csv')).toEqual([
      { architecture: 'a', dataset: 'mnist', seed: 3, top1Error: 0.5, width: 64 },
      { architecture: 'b', dataset: 'mnist', seed: 3, top1Error: null, width: 32 },
    ]);
  });

  test.each([
    ['', 'it is empty'],
    [header, 'it has a header but no rows'],
    ['architecture,dataset,seed\na,b,0', 'column top1Error is missing (found architecture, dataset, seed)'],
    [`${header},seed\na,b,0,0.5,1`, 'column seed appears twice'],
  ])('is refused if the header is invalid: %j', (text, message) => {
    expect(() => parseResults(text, 'mine.csv')).toThrow(`mine.csv is not a results table:\n  ${message}`);
  });

  test.each([
    ['a,mnist,0,23.4', 'line 3: top1Error must be a fraction from 0 to 1, got "23.4"'],
    ['a,mnist,0,-0.1', 'line 3: top1Error must be a fraction from 0 to 1, got "-0.1"'],
    ['a,mnist,0,bad', 'line 3: top1Error must be a fraction from 0 to 1, got "bad"'],
    ['a,mnist,0,0x1', 'line 3: top1Error must be a fraction from 0 to 1, got "0x1"'],
    ['a,mnist,zero,0.5', 'line 3: seed must be a whole number from 0, got "zero"'],
    ['a,mnist,,0.5', 'line 3: seed must be a whole number from 0, got ""'],
    [',mnist,0,0.5', 'line 3: architecture must be a name, got ""'],
    ['a,,0,0.5', 'line 3: dataset must be a name, got ""'],
    ['first,mnist,0,0.5', 'line 3 repeats line 2: architecture first, dataset mnist, seed 0'],
    ['a,mnist,0,0.5,1', 'line 3 has more cells than the header (4)'],
    ['a,mnist', 'line 3 has fewer cells than the header (4)'],
  ])('is refused with line, column and value: %s', (line, message) => {
    expect(() => parse('first,mnist,0,0.5', line)).toThrow(message);
  });

  test('counts lines as an editor does, also after a cell of several lines', () => {
    expect(() => parse('"two\nlines",mnist,0,0.5', '', 'b,mnist,0,7')).toThrow('line 5: top1Error');
  });

  test('of percentages is refused with the option for them, once', () => {
    expect(() => parse('a,mnist,0,14.28', 'b,mnist,0,37', 'c,mnist,0,')).toThrow(
      /:\n {2}column top1Error has numbers above 1, such as 14.28: --unit error-percent is for percentages$/,
    );
  });

  test('with a column for each dataset is refused with the option for it', () => {
    expect(() => parseResults('model,imagenet,mnist\na,0.2,0.1', 'mine.csv')).toThrow(
      'column top1Error is missing (found model, imagenet, mnist)\n  if it has a column for each dataset, read it with --wide',
    );
  });

  test('says the first problems of many', () => {
    const lines = Array.from({ length: 50 }, (_, index) => `a${index},mnist,0,-2`);
    expect(() => parse(...lines)).toThrow(/line 21: .*\n {2}and 30 more$/);
  });

  test('is refused if an outcome and an error contradict each other', () => {
    const outcomes = (line: string) => () => parseResults(`${header},outcome\n${line}`, 'mine.csv');
    expect(outcomes('a,mnist,0,0.5,diverged')).toThrow('line 2: top1Error must be empty for a run that diverged');
    expect(outcomes('a,mnist,0,,finished')).toThrow('line 2: top1Error must be present for a run that finished');
    expect(outcomes('a,mnist,0,,exploded')).toThrow(
      'line 2: outcome must be finished, diverged, failed, got "exploded"',
    );
  });
});

describe('reading takes time in proportion to', () => {
  /** Seconds for `times` as much, divided by seconds for as much. */
  function ratio(work: (size: number) => void, size: number, times: number): number {
    const seconds = (n: number) => {
      const start = performance.now();
      work(n);
      return performance.now() - start;
    };
    seconds(size);
    return seconds(times * size) / Math.max(1, seconds(size));
  }

  test.each([
    ['a long number', (size: number) => void isNumber(`${'1'.repeat(size)}x`)],
    ['a cell of blanks', (size: number) => void numberOf(`1${' '.repeat(size)}x`)],
    ['many columns', (size: number) => void repeatedColumns(Array.from({ length: size / 10 }, (_, i) => `c${i}`))],
  ])('the length of %s', (_name, work) => {
    expect(ratio(work, 20_000, 10)).toBeLessThan(60);
  });
});
