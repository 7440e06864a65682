import { describe, expect, test } from 'vitest';
import { planRuns, type PlanOptions } from '../../../lib/runs/plan-runs.ts';
import { runKeyOf } from '../../../lib/study/documents/run-document.ts';
import { catalogue } from '../../../lib/datasets/catalogue/index.ts';
import { samplePopulation } from '../../../lib/design-space/sampler.ts';
import { parseStudyConfig } from '../../../lib/study/config.ts';
import { applyOverrides } from '../../../lib/study/overrides.ts';
import { preset } from '../../../lib/study/presets.ts';

const configWith = (...overrides: string[]) =>
  parseStudyConfig(applyOverrides(preset('quickstart'), overrides), catalogue);
const quickstart = configWith();
if (quickstart.population.source !== 'sample') throw new Error('the quickstart samples its population');
const { architectures } = await samplePopulation(quickstart.population.space, { count: 5, seed: 0 });
const populationOf = (count: number) => architectures.slice(0, count);
const usual = { population: populationOf(3), label: 'mnist', datasetDigest: 'a'.repeat(64), engine: '1' };
const plan = (options: Partial<PlanOptions> = {}) => planRuns({ config: quickstart, ...usual, ...options });
const keys = (options: Partial<PlanOptions> = {}) => plan(options).map(({ document }) => runKeyOf(document));

describe('the plan of a dataset', () => {
  test('has every architecture once for each seed, and all of them before any is trained again', () => {
    const config = configWith('replicates=2', 'seeds.training=7');
    const runs = plan({ config, population: populationOf(2) });
    expect(runs.map(({ name }) => name)).toEqual([
      'arch-000 seed 7',
      'arch-001 seed 7',
      'arch-000 seed 8',
      'arch-001 seed 8',
    ]);
    expect(new Set(runs.map(({ document }) => runKeyOf(document))).size).toBe(4);
    expect(planRuns({ ...usual, config, population: populationOf(2) }, 1, 3)).toEqual(runs.slice(1, 3));
  });

  test('keeps the keys of an extended population, and gives new ones to additions', () => {
    expect(keys({ population: populationOf(5) }).slice(0, 3)).toEqual(keys());
  });

  test('changes the keys with the protocol, dataset or engine, and only then', () => {
    const original = keys();
    const config = configWith('analysis.extremes=3', 'name="other"', 'execution.maximumAttempts=1');
    expect(keys({ config })).toEqual(original);
    for (const other of [
      keys({ config: configWith('protocol.epochs=9') }),
      keys({ config: configWith('seeds.training=1') }),
      keys({ datasetDigest: 'b'.repeat(64) }),
      keys({ engine: '2' }),
    ])
      expect(other.filter((key) => original.includes(key))).toEqual([]);
  });

  test("uses the dataset's own protocol", () => {
    const config = configWith('datasets[1].protocol={"epochs":9}');
    expect(keys({ config })).toEqual(keys({ config: configWith('protocol.epochs=9') }));
  });
});
