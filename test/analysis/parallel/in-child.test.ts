import { describe, expect, test } from 'vitest';
import { analyzeInChild } from '../../../analysis/parallel/in-child.ts';
import { analyzeResults } from '../../../analysis/analyze.ts';
import { stream } from '../../../core/random.ts';

const random = stream(0, 'rows');
const rowsOf = (architectures: number) =>
  Array.from({ length: architectures }, (_, index) =>
    ['a', 'b'].map((dataset) => ({
      architecture: `arch-${index}`,
      dataset,
      seed: 0,
      top1Error: random.uniform(),
      depth: index % 7,
    })),
  ).flat();
const options = { reference: 'a', bootstrapResamples: 200, seed: 0, parameters: ['depth'] };

describe('an analysis in a process of its own', () => {
  test('is the analysis', async () => {
    const rows = rowsOf(20);
    expect(await analyzeInChild({ rows, options })).toEqual(analyzeResults(rows, options));
  });

  test('tells why it failed', async () => {
    const job = { rows: rowsOf(3), options: { ...options, reference: 'c' } };
    await expect(analyzeInChild(job)).rejects.toThrow('no row is of the reference c');
  });

  test('ends when it is cancelled', async () => {
    const job = { rows: rowsOf(2000), options: { ...options, bootstrapResamples: 100_000 } };
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('the study was cancelled')), 1000);
    await expect(analyzeInChild(job, controller.signal)).rejects.toThrow('the study was cancelled');
  });
});
