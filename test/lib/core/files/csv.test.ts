import { expect, test } from 'vitest';
import { parseCsv, parseLargeCsv } from '../../../../lib/core/files/csv.ts';

/** Some megabytes, with all that makes lines and cells hard to tell apart. */
const row = (index: number) =>
  `"Carabus ""${index}"" ä€𝄞,\r\nsecond line", ${index} ,,${index % 7 === 0 ? '\r\n' : '\n'}`;
const text = `\ufeffname,value,empty,\n\n${Array.from({ length: 60_000 }, (_, index) => row(index)).join('')}`;

test('large text is parsed like any other', async () => {
  const content = parseCsv(text, 'a.csv');
  expect(content.header).toEqual(['name', 'value', 'empty', '']);
  expect(content.records).toHaveLength(60_000);
  expect(content.records[1]).toEqual({ line: 5, cells: ['Carabus "1" ä€𝄞,\r\nsecond line', '1', '', ''] });
  expect(await parseLargeCsv(Buffer.from(text), 'a.csv')).toEqual(content);
  expect(await parseLargeCsv(Buffer.from(''), 'a.csv')).toEqual({ header: [], records: [] });
});

test('other work gets its turn meanwhile', async () => {
  let turns = 0;
  let next = setImmediate(function turn() {
    turns++;
    next = setImmediate(turn);
  });
  await parseLargeCsv(Buffer.from(text), 'a.csv');
  clearImmediate(next);
  expect(turns).toBeGreaterThan(text.length / 2 ** 18);
});

test('wrong quotes are reported with source and line', async () => {
  const wrong = 'name,value\na,1\nb"c",2\n';
  expect(() => parseCsv(wrong, 'a.csv')).toThrow('a.csv is not a CSV file');
  const problems = (error: { problems: string[] }) => error.problems;
  const large = await parseLargeCsv(Buffer.from(wrong), 'a.csv').catch(problems);
  expect(large).toEqual([expect.stringMatching(/^line 3: /)]);
  let small: string[] = [];
  try {
    parseCsv(wrong, 'a.csv');
  } catch (error) {
    small = problems(error as { problems: string[] });
  }
  expect(large).toEqual(small);
});
