import { expect, test } from 'vitest';
import { htmlTable } from '../../../lib/report/elements.ts';

test('a wide column of a table wraps its text, even if its first cell is a number', () => {
  const table = htmlTable(
    ['field', 'value', 'n'],
    [
      ['count', '60', 3],
      ['space', '{"kind": "anynet"}', 4],
    ],
    { wide: [1] },
  );
  expect(table.text).toContain('<td class=wide>60');
  expect(table.text).toContain('<td class=number>3');
});
