import { describe, expect, test } from 'vitest';
import { analyzeResults } from '../../../../lib/analysis/index.ts';
import { Kernel, lanes } from '../../../../lib/analysis/kernel/kernel.ts';
import { ReplicateBlocks, replicatesOf } from '../../../../lib/analysis/resampling/replicates.ts';
import { stream } from '../../../../lib/core/random.ts';
import { options, rowsOf } from '../results.ts';

const random = stream(1, 'families');
const families = Array.from({ length: 8 }, () => [random.normal(), random.normal()] as const);
const networks = Array.from({ length: 80 }, (_, index) => families[index % 8]!);
const further = networks.map((_, index) => ({ family: `family ${index % 8}`, d1: index % 5 }));
const rows = [0, 1].flatMap((dataset) =>
  rowsOf(
    dataset === 0 ? 'reference' : 'target',
    networks.map((family) => 0.5 + 0.05 * family[dataset]! + 0.001 * random.normal()),
    { further },
  ),
);

describe('networks in families', () => {
  const width = (cluster?: string) => {
    const [target] = analyzeResults(rows, options({ cluster }), ['targets']).targets;
    return target!.verdictCi95![1] - target!.verdictCi95![0];
  };

  test('count as so many families: intervals are much wider', () => {
    expect(width('family')).toBeGreaterThan(1.8 * width());
  });

  test('are drawn as wholes', () => {
    const clusters = { count: 8, of: Int32Array.from(networks, (_, index) => index % 8) };
    const kernel = new Kernel();
    const blocks = new ReplicateBlocks(kernel, replicatesOf(80, 15, 0, true, clusters));
    blocks.fill(0);
    const counts = kernel.int32(blocks.counts, lanes * 80);
    for (let lane = 0; lane < lanes; lane++) {
      const own = Array.from({ length: 80 }, (_, item) => counts[lanes * item + lane]!);
      own.forEach((count, item) => expect(count).toBe(own[item % 8]));
      expect(own.slice(0, 8).reduce((sum, count) => sum + count, 0)).toBe(8);
    }
  });

  test('have p-values of effects by the bootstrap, as they cannot be exchanged', () => {
    const { effects, methods } = analyzeResults(rows, options({ cluster: 'family', parameters: ['d1'] }));
    expect(methods.cluster).toBe('family');
    expect(effects.map(({ verdict }) => verdict)).toEqual(['undecided', 'undecided']);
    expect(effects[0]!.pValue).toBeGreaterThan(0.05);
  });

  test('give no intervals if there are fewer than six families', () => {
    const five = rows.map((row) => ({ ...row, family: Number(row.architecture.slice(-3)) % 5 }));
    const [target] = analyzeResults(five, options({ cluster: 'family' })).targets;
    expect(target).toMatchObject({ n: 80, verdict: 'undecided', verdictCi95: null });
  });
});

test('every architecture must have one cluster', () => {
  const without = rows.map((row) => (row.architecture === 'arch-003' ? { ...row, family: null } : row));
  expect(() => analyzeResults(without, options({ cluster: 'family' }))).toThrow(
    'column family must have a value for every architecture, got none for arch-003',
  );
  const two = rows.map((row) =>
    row.architecture === 'arch-003' && row.dataset === 'target' ? { ...row, family: 'other' } : row,
  );
  expect(() => analyzeResults(two, options({ cluster: 'family' }))).toThrow('got family 3 and other for arch-003');
});
