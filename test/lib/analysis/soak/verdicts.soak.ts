import { afterAll, describe, expect, test } from 'vitest';
import { analyzeResults, type Analysis, type StatisticName } from '../../../../lib/analysis/index.ts';
import { stream } from '../../../../lib/core/random.ts';
import { options, rowsOf } from '../results.ts';
import { percent, recordMeasured } from './measured-table.ts';
import { populations, shares, trueCorrelations, type Drawn, type Population } from './populations.ts';

// Whole reports of nine datasets from populations whose truth is known: how often any verdict of a report is false, by question.

const sizes = [24, 60, 150, 500];
/** Studies of each size; fewer give a rougher table sooner. */
const trials = Number(process.env['SOAK_TRIALS'] ?? 400);
const datasets = ['reference', ...shares.map((_, index) => `target-${index}`)];
const parameters = ['d1', 'd2', 'w1', 'w2'];
const selection: StatisticName[] = ['targets', 'advice', 'effects', 'effectDifferences'];

/** Monte Carlo error of the true correlations. */
const tolerance = 0.01;

function analysisOf(population: Population, drawn: readonly Drawn[], trial: number): Analysis {
  const random = stream(trial, 'parameters');
  // Structure that has nothing to do with any error.
  const further = drawn.map(({ family }) => ({
    ...(family === undefined ? {} : { family: `family ${family}` }),
    ...Object.fromEntries(parameters.map((name) => [name, 1 + random.integer(16)])),
  }));
  const rows = datasets.flatMap((dataset, index) =>
    rowsOf(
      dataset,
      drawn.map(({ errors }) => 1 / (1 + Math.exp(-errors[index]! / 4))),
      { further },
    ),
  );
  return analyzeResults(
    rows,
    options({ bootstrapResamples: 499, parameters, seed: trial, cluster: population.cluster }),
    selection,
  );
}

type Target = Analysis['targets'][number];

/** Whether a verdict is false of a true rank correlation. */
export function isFalse({ verdict, verdictCi95 }: Pick<Target, 'verdict' | 'verdictCi95'>, truth: number): boolean {
  switch (verdict) {
    case 'holds':
      return truth < 0.3 - tolerance;
    case 'reversed':
      return truth > -0.3 + tolerance;
    case 'gone':
      return Math.abs(truth) > 0.3 + tolerance;
    case 'weak':
      return verdictCi95![0] > 0 ? truth < tolerance / 2 : truth > -tolerance / 2;
    case 'undecided':
      return false;
  }
}

/** Whether the best source is excluded, or one is advised that does not rank in the right direction. */
function isAdviceFalse({ advice }: Analysis, truth: readonly (readonly number[])[]): boolean {
  return advice.some(({ target, sources }) => {
    const own = datasets.indexOf(target);
    const known = sources
      .filter(({ kind }) => kind !== 'size')
      .map((source) => ({ ...source, truth: truth[datasets.indexOf(source.name)]![own]! }));
    const most = Math.max(...known.map((source) => source.truth));
    const best = known.filter((source) => source.truth > most - tolerance);
    return (
      best.every(({ pValueBest }) => pValueBest !== null && pValueBest <= 0.05) ||
      known.some((source) => source.inSet && source.truth < -tolerance)
    );
  });
}

const header = [
  'population',
  'n',
  'studies',
  'interval covers',
  'all cover',
  'ranking',
  'choosing',
  'effects',
  'differences',
  'finds 0.9',
  'finds 0',
];
const measured: string[][] = [];
afterAll(() => recordMeasured('verdicts', header, measured));

describe.each(populations)('in a population: $name', (population) => {
  test.each(sizes)('of %i networks the verdicts of a whole report are false in at most 6 %', (n) => {
    if (population.cluster !== undefined && n < 60) return;
    const truth = trueCorrelations(population, stream(0, 'truth', population.name));
    const counts = { covered: 0, all: 0, ranking: 0, choosing: 0, effects: 0, differences: 0, strong: 0, none: 0 };
    for (let trial = 0; trial < trials; trial++) {
      const analysis = analysisOf(population, population.sample(stream(trial, population.name, n), n), trial);
      const { targets, effects: related, effectDifferences } = analysis;
      const truths = targets.map(({ target }) => truth[0]![datasets.indexOf(target)]!);
      const inside = targets.filter(
        ({ verdictCi95 }, index) =>
          verdictCi95![0] <= truths[index]! + tolerance / 2 && truths[index]! - tolerance / 2 <= verdictCi95![1],
      ).length;
      counts.covered += inside / targets.length;
      if (inside === targets.length) counts.all++;
      if (targets.some((of, index) => isFalse(of, truths[index]!))) counts.ranking++;
      if (isAdviceFalse(analysis, truth)) counts.choosing++;
      if (related.some(({ verdict }) => verdict === 'related')) counts.effects++;
      if (effectDifferences.some(({ verdict }) => verdict === 'differs')) counts.differences++;
      if (targets[shares.indexOf(0.9)]!.verdict === 'holds') counts.strong++;
      if (targets[0]!.verdict === 'gone') counts.none++;
    }
    const rate = (count: number) => count / trials;
    const { covered, all, ranking, choosing, effects, differences, strong, none } = counts;
    measured.push([
      ...[population.name, String(n), String(trials)],
      ...[covered, all, ranking, choosing, effects, differences, strong, none].map((count) => percent(rate(count))),
    ]);
    const chance = 3 * Math.sqrt((0.06 * 0.94) / trials);
    for (const question of ['ranking', 'choosing', 'effects', 'differences'] as const)
      expect(rate(counts[question]), question).toBeLessThanOrEqual(0.06 + chance);
    expect(rate(all)).toBeGreaterThanOrEqual(0.95 - 3 * Math.sqrt((0.95 * 0.05) / trials));
  });
});
