import { describe, expect, test } from 'vitest';
import { abbreviated, bytes, duration, multiplyAdds, preciseDuration } from '../../../../lib/report/words/units.ts';

describe('words for amounts', () => {
  test('bytes have three digits and the unit of their magnitude', () => {
    expect([0, 1, 999, 162_000_000, 1.4e12].map(bytes)).toEqual([
      '0 bytes',
      '1 bytes',
      '999 bytes',
      '162 MB',
      '1.4 TB',
    ]);
  });

  test('spans of time are given in one unit', () => {
    expect([-5, 12_000, 99_000, 180_000, 5 * 3.6e6, 12 * 86.4e6].map(duration)).toEqual([
      '0 s',
      '12 s',
      '99 s',
      '3 min',
      '5 h',
      '12 days',
    ]);
  });

  test('spans of time that are waited for are given in two units', () => {
    expect([0, 59.4, 60, 200, 7500, 3600 * 76].map(preciseDuration)).toEqual([
      '0 s',
      '59 s',
      '1 min',
      '3 min 20 s',
      '2 h 5 min',
      '3 d 4 h',
    ]);
  });

  test('counts of a network are abbreviated', () => {
    expect([8, 26_310, 341e6, 4.1e9].map(abbreviated)).toEqual(['8', '26.3k', '341M', '4.1G']);
  });

  test('multiply-adds of a study are given as a power of ten', () => {
    expect(multiplyAdds(10.3e18)).toBe('10.3 × 10¹⁸ multiply-adds');
    expect(multiplyAdds(51_234)).toBe('51,234 multiply-adds');
  });
});
