import { describe, expect, test } from 'vitest';
import { planRunsOn } from '../../runs/run-planning.ts';
import { catalogue } from '../../datasets/catalogue/index.ts';
import type { DatasetManifest } from '../../datasets/manifest.ts';
import { samplePopulation } from '../../design-space/sampler.ts';
import { parseStudyConfig } from '../../study/config.ts';
import { applyOverrides } from '../../study/overrides.ts';
import { preset } from '../../study/presets.ts';

const configWith = (...overrides: string[]) =>
  parseStudyConfig(applyOverrides(preset('quickstart'), overrides), catalogue);
const quickstart = configWith();
if (quickstart.population.source !== 'sample') throw new Error('the quickstart samples its population');
const { architectures } = await samplePopulation(quickstart.population.space, { count: 5, seed: 0 });
const populationOf = (count: number) => architectures.slice(0, count);
const mnist = { label: 'mnist', digest: 'a'.repeat(64) } as DatasetManifest;
const keys = (config = quickstart, population = populationOf(3), manifest = mnist, engine = '1') =>
  planRunsOn(manifest, config, population, engine).map(({ runKey }) => runKey);

describe('the plan of a dataset', () => {
  test('has every architecture once for each seed, all of them before any is trained again', () => {
    const runs = planRunsOn(mnist, configWith('replicates=2', 'seeds.training=7'), populationOf(2), '1');
    expect(runs.map(({ name }) => name)).toEqual([
      'arch-000 seed 7',
      'arch-001 seed 7',
      'arch-000 seed 8',
      'arch-001 seed 8',
    ]);
    expect(new Set(runs.map(({ runKey }) => runKey)).size).toBe(4);
  });

  test('gives an extended population the keys that it had, and new ones to what is new', () => {
    expect(keys(quickstart, populationOf(5)).slice(0, 3)).toEqual(keys());
  });

  test('gives other keys for another protocol, dataset or engine, and only then', () => {
    const original = keys();
    expect(keys(configWith('analysis.extremes=3', 'name="other"', 'execution.attempts=1'))).toEqual(original);
    for (const other of [
      keys(configWith('protocol.epochs=9')),
      keys(configWith('seeds.training=1')),
      keys(quickstart, populationOf(3), { ...mnist, digest: 'b'.repeat(64) }),
      keys(quickstart, populationOf(3), mnist, '2'),
    ])
      expect(other.filter((key) => original.includes(key))).toEqual([]);
  });

  test("uses the dataset's own protocol", () => {
    const config = configWith('datasets[1].protocol={"epochs":9}');
    expect(keys(config)).toEqual(keys(configWith('protocol.epochs=9')));
  });
});
