import { expect, test } from 'vitest';
import { byteSize } from '../../../commands/options/option-parsers.ts';

test.each([
  ['1', 1],
  ['200GB', 200e9],
  ['1.5 tb', 1.5e12],
  ['64MiB', 64 * 2 ** 20],
  ['2 TiB', 2 * 2 ** 40],
])('%s is an amount of data', (text, bytes) => {
  expect(byteSize(text)).toBe(bytes);
});

test.each(['', '0', '0GB', '-1GB', 'GB', '1XB', '1,5GB', '1e9', 'all', '1 constructor'])(
  '%j is refused, and the message says what would be right',
  (text) => {
    expect(() => byteSize(text)).toThrow('It must be an amount of data above 0, e.g. 200GB');
  },
);
