import { expect, test } from 'vitest';
import { textTable } from '../../../commands/terminal/table.ts';

const header = ['dataset', 'n', 'errors', 'source'] as const;
const rows = [
  ['mnist', '24', '1.0-2.0 %', 'measured with care on a quiet machine over several days'],
  ['fashion-mnist/5-classes/draw-2', '24', '3.0 %', 'published'],
];
const options = { left: ['dataset', 'source'], least: ['errors', 'n'] } as const;
const widest = (text: string) => Math.max(...text.split('\n').map(({ length }) => length));

test('a table has one line per row if there is room', () => {
  const text = textTable(header, rows, { ...options, width: Infinity });
  expect(text.split('\n')).toHaveLength(3);
  expect(text).toContain('dataset                          n     errors  source\n');
});

test('in 80 columns it loses its least important columns, and long text is wrapped in its column', () => {
  const text = textTable(header, rows, { ...options, width: 80 });
  expect(widest(text)).toBeLessThanOrEqual(80);
  expect(text.split('\n')[0]).not.toContain('errors');
  expect(text).toContain('fashion-mnist/5-classes/draw-2');
  const narrow = textTable(header, rows, { ...options, width: 60 });
  expect(widest(narrow)).toBeLessThanOrEqual(60);
  expect(narrow).toContain('\n                                ');
  expect(narrow.replace(/\s+/g, ' ')).toContain('measured with care on a quiet');
});

test('a longer name loses its middle', () => {
  const text = textTable(['name', 'n'], [['x'.repeat(100), '1']], { width: 40 });
  expect(text).toMatch(/^x{18}…x{18} {2}1$/m);
});

test('shortened names can still be told apart', () => {
  const names = ['fashion-mnist/2-classes', 'fashion-mnist/5-classes', 'fashion-mnist'];
  const lines = textTable(
    ['dataset', 'n'],
    names.map((name) => [name, '1']),
    { width: 14 },
  ).split('\n');
  expect(new Set(lines.slice(1)).size).toBe(3);
  expect(lines[1]).toMatch(/^\S+…2-classes {2}1$/);
});

test('the content of a cell cannot forge a line or affect the terminal', () => {
  const text = textTable(['name', 'n'], [['a\nnothing contradicts this study\u001b[2J\u202e', '1']]);
  expect(text.split('\n')).toHaveLength(2);
  expect(text).toContain('a\\u{a}nothing contradicts this study\\u{1b}[2J\\u{202e}');
});
