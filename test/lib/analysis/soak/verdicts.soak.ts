import { describe, expect, test } from 'vitest';
import { analyzeResults, type Analysis, type StatisticName } from '../../../../lib/analysis/index.ts';
import { stream } from '../../../../lib/core/random.ts';
import { options, rowsOf } from '../results.ts';
import { contains, isChoosingFalse, isComparisonFalse, isRankingFalse, trueDifference } from './false-verdicts.ts';
import { countFalse, rateError, recordReports } from './measured-table.ts';
import { populations, shares, truthOf, type Drawn, type Population } from './populations.ts';

// Whole reports on nine datasets from populations whose true correlations are known: how often any verdict is false, and by question.

const sizes = (process.env['SOAK_SIZES'] ?? '24,60,150,500').split(',').map(Number);
/** Number of studies of each size; fewer give a rougher table sooner. */
const trials = Number(process.env['SOAK_TRIALS'] ?? 400);
const datasets = ['reference', ...shares.map((_, index) => `target-${index}`)];
const places = datasets.map((_, dataset) => dataset);
const parameters = ['d1', 'd2', 'w1', 'w2'];
const selection: StatisticName[] = ['targets', 'advice', 'comparisons', 'effects', 'effectDifferences'];

function analysisOf(population: Population, drawn: readonly Drawn[], trial: number): Analysis {
  const random = stream(trial, 'parameters');
  // Structure unrelated to the errors.
  const structure = drawn.map(() => Object.fromEntries(parameters.map((name) => [name, 1 + random.integer(16)])));
  const rows = datasets.flatMap((dataset, index) =>
    rowsOf(
      dataset,
      drawn.map(({ errors }) => (Number.isNaN(errors[index]!) ? null : 1 / (1 + Math.exp(-errors[index]! / 4)))),
      {
        further: drawn.map(({ errors, family }, network) => ({
          ...structure[network],
          ...(family === undefined ? {} : { family: `family ${family}` }),
          outcome: Number.isNaN(errors[index]!) ? 'diverged' : 'finished',
        })),
      },
    ),
  );
  return analyzeResults(
    rows,
    options({ bootstrapResamples: 499, parameters, seed: trial, cluster: population.cluster }),
    selection,
  );
}

const header = [
  ...[
    'population',
    'n',
    'studies',
    'false',
    'any false',
    'ranking',
    'choosing',
    'comparisons',
    'effects',
    'differences',
  ],
  ...['intervals cover', 'all cover', 'finds 0.9', 'finds -0.5', 'finds 0'],
];

describe.each(populations)('in a population: $name', (population) => {
  test.each(sizes)('of %i networks: a verdict is false in at most 6 % of the reports', async (n) => {
    if (population.cluster !== undefined && n < 60) return;
    const truth = truthOf(population, stream(0, 'truth', population.name));
    const place = (dataset: string) => datasets.indexOf(dataset);
    const counts = { any: 0, ranking: 0, choosing: 0, comparisons: 0, effects: 0, differences: 0 };
    const found = { covered: 0, all: 0, strong: 0, reversed: 0, none: 0 };
    for (let trial = 0; trial < trials; trial++) {
      const analysis = analysisOf(population, population.sample(stream(trial, population.name, n), n), trial);
      const { targets, effects, effectDifferences } = analysis;
      const truths = targets.map(({ target }) => truth(0, place(target)));
      const isFalse: Record<Exclude<keyof typeof counts, 'any'>, boolean> = {
        ranking: targets.some((of, index) => isRankingFalse(of, truths[index]!)),
        choosing: isChoosingFalse(analysis, (source, target) => truth(place(source), place(target), places)),
        comparisons: isComparisonFalse(analysis, ({ proxy, target }) =>
          trueDifference(truth, place(proxy), place(target)),
        ),
        effects: effects.some(({ verdict }) => verdict === 'related'),
        differences: effectDifferences.some(({ verdict }) => verdict === 'differs'),
      };
      countFalse(counts, isFalse);
      const inside = targets.filter(({ verdictCi95 }, index) => contains(verdictCi95, truths[index]!)).length;
      found.covered += inside / targets.length;
      if (inside === targets.length) found.all++;
      const verdictAt = (share: number) => targets[shares.indexOf(share)]!.verdict;
      if (verdictAt(0.9) === 'holds') found.strong++;
      if (verdictAt(-0.5) === 'reversed') found.reversed++;
      if (verdictAt(0) === 'gone') found.none++;
    }
    await recordReports('verdicts', header, { name: population.name, n, trials }, counts, found);
    const any = counts.any / trials;
    expect(any - 2 * rateError(any, trials), 'reports with a false verdict').toBeLessThanOrEqual(0.06);
    const all = found.all / trials;
    expect(all + 2 * rateError(all, trials), 'reports whose intervals all cover').toBeGreaterThanOrEqual(0.95);
  });
});
