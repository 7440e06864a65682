import { expect, test } from 'vitest';
import { ConfigError } from '../../../lib/core/errors.ts';
import { printable, printableLine, printableText } from '../../../lib/core/printable.ts';

test('a name is shown without characters that could forge lines or move the cursor of a terminal', () => {
  expect(printable('a\nb\u001b[31m<c>\u202e\ud800')).toBe('a\\u{a}b\\u{1b}[31m<c>\\u{202e}\\u{d800}');
  expect(printable('Füchse/狐 🦊')).toBe('Füchse/狐 🦊');
});

test('text keeps its lines, or becomes one line', () => {
  expect(printableText('a\r\nb')).toBe('a\\u{d}\nb');
  expect(printableLine('it is wrong:\n  because\r\nof\u0007 it')).toBe('it is wrong: because of\\u{7} it');
});

test('no problem in an error can be mistaken for another one, or for a line of the program', () => {
  const { message, problems } = new ConfigError('The table is invalid', ['got a\nnothing contradicts this study', 'b']);
  expect(message).toBe('The table is invalid:\n  got a nothing contradicts this study\n  b');
  expect(problems[0]).toBe('got a\nnothing contradicts this study');
});
