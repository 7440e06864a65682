import { expect, test } from 'vitest';
import { configReference } from '../../tools/config-reference.ts';

test('every field has a type, and is required, has a default, or may be absent', () => {
  const rows = configReference()
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split(/(?<!\\) \| /));
  expect(rows.length).toBeGreaterThan(60);
  for (const [field, type] of rows) expect(type, field).not.toBe('');
});
