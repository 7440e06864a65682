import { expect, test } from 'vitest';
import { fitted } from '../../../commands/terminal/wrap.ts';

test('a sentence longer than a line is broken between words, and continues below its beginning', () => {
  expect(fitted('a sentence of six short words', 20)).toBe('a sentence of six\nshort words');
  expect(fitted('  indented, as a problem in a list is', 20)).toBe('  indented, as a\n  problem in a list\n  is');
  expect(fitted('ok    disk: 64.8 GB free in a folder', 24)).toBe('ok    disk: 64.8 GB free\n      in a folder');
  expect(fitted('short\nand short', 20)).toBe('short\nand short');
});

test('colours take no room', () => {
  const red = (text: string) => `\u001b[31m${text}\u001b[39m`;
  expect(fitted(`${red('failed:')} a sentence of words`, 20)).toBe(`${red('failed:')} a sentence\nof words`);
  expect(fitted(`${red('ok')}    disk: 64.8 GB free in a folder`, 24)).toBe(
    `${red('ok')}    disk: 64.8 GB free\n      in a folder`,
  );
});

test('rows of tables and drawings stay whole, and so do words longer than a line', () => {
  const row = 'mnist            24      2,000      10      28';
  expect(fitted(row, 20)).toBe(row);
  const drawing = '▇ █ ▇ ▇ ▇ ▇ ▇ ▇ ▇ ▇ ▇ ▇';
  expect(fitted(drawing, 20)).toBe(drawing);
  const link = 'file:///a/folder/with/a/long/name/report.html';
  expect(fitted(`report: ${link}`, 20)).toBe(`report:\n${link}`);
});
