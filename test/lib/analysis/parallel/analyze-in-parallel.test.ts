import { afterEach, describe, expect, test } from 'vitest';
import { analyzeResults } from '../../../../lib/analysis/index.ts';
import { analyzeInParallel } from '../../../../lib/analysis/parallel/analyze-in-parallel.ts';
import { stream } from '../../../../lib/core/random.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';

const random = stream(0, 'rows');
const rowsOf = (architectures: number) =>
  Array.from({ length: architectures }, (_, index) =>
    ['a', 'b', 'c'].flatMap((dataset) =>
      [0, 1].map((seed) => ({
        architecture: `arch-${index}`,
        dataset,
        seed,
        top1Error: index % 9 === 0 && dataset === 'b' ? null : random.uniform(),
        depth: index % 7,
        params: 1000 + 10 * (index % 31),
      })),
    ),
  ).flat();
const options = { reference: 'a', bootstrapResamples: 200, seed: 0, parameters: ['depth', 'params'] };

const folder = process.cwd();
afterEach(() => process.chdir(folder));

describe('an analysis on threads', () => {
  test('is the same on any number of threads', async () => {
    const rows = rowsOf(40);
    const alone = analyzeResults(rows, options);
    for (const threads of [1, 2, 5]) expect(await analyzeInParallel(rows, options, { threads })).toEqual(alone);
  });

  test('is made at once in this thread if there is little to compute', async () => {
    const rows = rowsOf(10);
    const told: number[] = [];
    const analysis = analyzeInParallel(rows, options, { onProgress: (done) => told.push(done) });
    const later = new Promise((resolve) => setImmediate(resolve, 'a thread, or a file, would end after this'));
    expect(await Promise.race([analysis, later])).toEqual(analyzeResults(rows, options));
    expect(told).toEqual([1]);
  });

  test('starts in any folder', async () => {
    process.chdir(await temporaryFolder());
    expect(await analyzeInParallel(rowsOf(40), options, { threads: 1 })).toMatchObject({ reference: 'a' });
  });

  test('reports its progress, up to the end', async () => {
    const told: number[] = [];
    await analyzeInParallel(rowsOf(40), options, { threads: 2, onProgress: (done) => told.push(done) });
    expect(told.length).toBeGreaterThan(3);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBeCloseTo(1, 12);
  });

  test('tells why it failed', async () => {
    await expect(analyzeInParallel(rowsOf(3), { ...options, reference: 'd' })).rejects.toThrow(
      'the reference d has no rows',
    );
  });

  test('leaves this thread to others, and ends when it is cancelled', async () => {
    const controller = new AbortController();
    // The analysis takes far longer than these turns: if this thread were not free, it would end before they are over.
    let turns = 0;
    const turning = setInterval(() => {
      if (++turns === 20) controller.abort(new Error('the study was cancelled'));
    }, 5);
    const cancelled = analyzeInParallel(
      rowsOf(3000),
      { ...options, bootstrapResamples: 200_000 },
      { signal: controller.signal },
    );
    await expect(cancelled).rejects.toThrow('the study was cancelled');
    clearInterval(turning);
  });
});
