import { describe, expect, test } from 'vitest';
import { readRunRecord, writeRunRecord } from '../../../../lib/study/documents/run-record.ts';
import { MemoryStore } from '../../../memory-store.ts';
import { finished } from '../../results/records.ts';

describe('run records', () => {
  test('come back from the store as they were written', async () => {
    const store = new MemoryStore();
    await writeRunRecord(store, finished());
    expect(await readRunRecord(store, 'a1')).toEqual(finished());
    expect(await readRunRecord(store, 'a2')).toBeUndefined();
    expect(await store.list('')).toEqual(['runs/a1/record.json']);
  });

  test.each([
    ['half of one', JSON.stringify(finished()).slice(0, 100), 'runs/a1/record.json is not JSON'],
    ['another format', JSON.stringify({ ...finished(), format: 1 }), 'runs/a1/record.json is invalid:\n  format'],
    ['an impossible error', JSON.stringify({ ...finished(), seed: 'x' }), 'runs/a1/record.json is invalid:\n  seed'],
  ])('that are damaged are named: %s', async (_, content, message) => {
    const store = new MemoryStore();
    await store.put('runs/a1/record.json', content);
    await expect(readRunRecord(store, 'a1')).rejects.toThrow(message);
  });
});
