import { describe, expect, test } from 'vitest';
import { configDifferences } from '../../../lib/study/config-differences.ts';

describe('the differences of two configs', () => {
  test('are none between equal ones, whatever the order of their fields', () => {
    expect(configDifferences({ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2] }, a: 1 })).toEqual([]);
  });

  test('name field and both values', () => {
    expect(configDifferences({ protocol: { epochs: 2 } }, { protocol: { epochs: 3 } })).toEqual([
      'protocol.epochs is 2 there and 3 here',
    ]);
  });

  test('name the elements of lists, and fields that one has only', () => {
    expect(
      configDifferences({ datasets: [{ dataset: 'mnist' }] }, { datasets: [{ dataset: 'mnist', classes: 5 }] }),
    ).toEqual(['datasets[0].classes is absent there and 5 here']);
    expect(configDifferences({ list: [] }, { list: [1] })).toEqual([
      'list is [] there and absent here',
      'list[0] is absent there and 1 here',
    ]);
  });
});
