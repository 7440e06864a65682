import { expect, test } from 'vitest';
import { htmlTable } from '../../../lib/report/elements.ts';

test('a wide column of a table wraps its text, even if its first cell is a number', () => {
  const table = htmlTable(
    ['field', 'value', 'n'],
    [
      ['count', '60', 3],
      ['space', '{"kind": "anynet", "stem": "simple_stem_in"}', 4],
    ],
    { wide: [1] },
  );
  expect(table.text).toContain('<td class=wide>60');
  expect(table.text).toContain('<td class=number>3');
});

test('a wide column takes no more room than other ones if its texts are short', () => {
  const rows = [['mnist', 'CC BY-SA 3.0']];
  expect(htmlTable(['dataset', 'licence'], rows, { wide: [1] }).text).not.toContain('class=wide');
});
