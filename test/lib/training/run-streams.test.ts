import { expect, test } from 'vitest';
import { runStream } from '../../../lib/training/run-streams.ts';
import { tinyArchitecture } from './tiny-architecture.ts';

const key = { seed: 0, architecture: tinyArchitecture, dataset: 'a'.repeat(64) };
const first = (...args: Parameters<typeof runStream>) => runStream(...args).uniform();

test('a stream depends on seed, architecture, dataset, purpose and epoch, and on nothing else', () => {
  const draws = [
    first(key, 'batches', 0),
    first({ ...key, seed: 1 }, 'batches', 0),
    first({ ...key, architecture: { ...tinyArchitecture, stemWidth: 9 } }, 'batches', 0),
    first({ ...key, dataset: 'b'.repeat(64) }, 'batches', 0),
    first(key, 'augmentation', 0),
    first(key, 'batches', 1),
  ];
  expect(new Set(draws).size).toBe(draws.length);
  const withMore = { ...tinyArchitecture, newField: 1 };
  expect(first({ ...key, architecture: withMore }, 'batches', 0)).toBe(draws[0]);
});
