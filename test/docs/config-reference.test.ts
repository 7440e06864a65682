import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { configReference } from '../../tools/config-reference.ts';

test('docs/config.md is what the schema says today (npm run docs writes it)', async () => {
  expect(await readFile(new URL('../../docs/config.md', import.meta.url), 'utf8')).toBe(configReference());
});

test('every field has a type, and is required, has a default, or may be absent', () => {
  const rows = configReference()
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split(/(?<!\\) \| /));
  expect(rows.length).toBeGreaterThan(60);
  for (const [field, type] of rows) expect(type, field).not.toBe('');
});
