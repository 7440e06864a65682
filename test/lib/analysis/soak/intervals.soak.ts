import { describe, expect, test } from 'vitest';
import { analyzeResults, type Analysis, type Interval, type StatisticName } from '../../../../lib/analysis/index.ts';
import { stream, type RandomStream } from '../../../../lib/core/random.ts';
import { options, rowsOf } from '../results.ts';
import { percent, recordMeasured } from './measured-table.ts';
import { populations, shares, type Drawn, type Population } from './populations.ts';

// Intervals of single figures, 95 % each: how often they contain the population's figure, in populations for which they claim to.

const sizes = (process.env['SOAK_SIZES'] ?? '24,60,150,500').split(',').map(Number);
/** Number of studies of each size and population; fewer give a rougher table sooner. */
const trials = Number(process.env['SOAK_TRIALS'] ?? 1000);
const resamples = 999;

/** Places among the errors of a population: the reference, and targets with r = 0, 0.6 and 0.9. */
const places = {
  reference: 0,
  unrelated: 1 + shares.indexOf(0),
  related: 1 + shares.indexOf(0.6),
  near: 1 + shares.indexOf(0.9),
};
const datasets = Object.keys(places) as (keyof typeof places)[];
/** Standard deviation of the noise of a seed, in standard deviations of the errors. */
const seedNoise = 0.5;
const selection: StatisticName[] = ['correlations', 'targets', 'reliabilities', 'attenuation'];

/** Analyses networks trained with two seeds, whose size is correlated with their errors on the target of r = 0.6. */
function analysisOf(
  cluster: Population['cluster'],
  drawn: readonly Drawn[],
  random: RandomStream,
  seed: number,
): Analysis {
  const further = drawn.map(({ errors, family }) => {
    const error = errors[places.related]!;
    const size = Math.exp(0.5 * (Number.isNaN(error) ? 1.645 : error) + Math.sqrt(0.75) * random.normal());
    return { params: size, ...(family === undefined ? {} : { family }) };
  });
  const rows = datasets.flatMap((dataset) =>
    [0, 1].flatMap((number) =>
      rowsOf(
        dataset,
        drawn.map(({ errors }) => {
          const error = errors[places[dataset]]! + seedNoise * random.normal();
          return Number.isNaN(error) ? null : 0.5 + 0.02 * error;
        }),
        { seed: number, further },
      ),
    ),
  );
  return analyzeResults(
    rows,
    options({ bootstrapResamples: seed < 0 ? 1 : resamples, parameters: ['params'], seed: Math.abs(seed), cluster }),
    selection,
  );
}

interface Figure {
  value: number | null | undefined;
  ci95: Interval | null | undefined;
}

interface Check {
  name: string;
  of: (analysis: Analysis) => Figure;
  /** For which populations and numbers of networks it claims 95 %. */
  claims: Claim;
}

const pair = (analysis: Analysis, b: string) =>
  analysis.correlations.find((found) => found.a === 'reference' && found.b === b)!;
const target = (analysis: Analysis, name: string) => analysis.targets.find((found) => found.target === name)!;
const reliability = (analysis: Analysis) => analysis.reliabilities.find(({ dataset }) => dataset === 'related')!;
const noise = (analysis: Analysis) => analysis.attenuation.find(({ a, b }) => a === 'reference' && b === 'related')!;

type Claim = (population: string, n: number) => boolean;

const everywhere: Claim = () => true;
const ofMany: Claim = (_, n) => n >= 60;
/** The best third of ten families mostly belongs to a few of them. */
const ofManyNetworks: Claim = (population, n) => ofMany(population, n) && !population.includes('families');
/** A small sample has at most one network that failed, and cannot show how far such networks move a high correlation. */
const failuresAreSeen: Claim = (population, n) => n >= 60 || !population.includes('fail on each');
/** Moments describe similar networks; a few outliers dominate them. */
const withoutOutliers: Claim = (population) => ['normal', 'worst 5 % diverge'].includes(population);
const ofManyWithoutOutliers: Claim = (population, n) => ofMany(population, n) && withoutOutliers(population, n);

const checks: Check[] = [
  ...(['unrelated', 'related', 'near'] as const).flatMap((b, index): Check[] => {
    const r = ['0', '0.6', '0.9'][index]!;
    return [
      {
        name: `ρ, r = ${r}`,
        of: (analysis) => ({ value: pair(analysis, b).spearman, ci95: pair(analysis, b).spearmanCi95 }),
        claims: b === 'near' ? failuresAreSeen : everywhere,
      },
      {
        name: `Kendall’s τ-b, r = ${r}`,
        of: (analysis) => ({ value: pair(analysis, b).kendallTauB, ci95: pair(analysis, b).kendallTauBCi95 }),
        claims: b === 'near' ? failuresAreSeen : everywhere,
      },
      {
        name: `Pearson’s r = ${r}`,
        of: (analysis) => ({ value: pair(analysis, b).pearson, ci95: pair(analysis, b).pearsonCi95 }),
        claims: withoutOutliers,
      },
    ];
  }),
  {
    name: 'weighted τ, r = 0',
    of: (analysis) => ({
      value: pair(analysis, 'unrelated').weightedTau,
      ci95: pair(analysis, 'unrelated').weightedTauCi95,
    }),
    claims: everywhere,
  },
  {
    name: 'ρ of the best third, r = 0.6',
    of: (analysis) => {
      const { spearman, spearmanCi95 } = target(analysis, 'related').bestThird;
      return { value: spearman, ci95: spearmanCi95 };
    },
    claims: ofManyNetworks,
  },
  {
    name: 'slope, r = 0.6',
    of: (analysis) => {
      const { slope, slopeCi95 } = target(analysis, 'related').linearLine;
      return { value: slope, ci95: slopeCi95 };
    },
    claims: withoutOutliers,
  },
  {
    name: 'R², r = 0.6',
    of: (analysis) => {
      const { r2, r2Ci95 } = target(analysis, 'related').linearLine;
      return { value: r2, ci95: r2Ci95 };
    },
    claims: ofManyWithoutOutliers,
  },
  {
    name: 'partial r',
    of: (analysis) => {
      const { partialPearson, partialPearsonCi95 } = target(analysis, 'related');
      return { value: partialPearson['params'], ci95: partialPearsonCi95['params'] };
    },
    claims: withoutOutliers,
  },
  {
    name: 'r between seeds',
    of: (analysis) => {
      const { seedCorrelation, seedCorrelationCi95 } = reliability(analysis);
      return { value: seedCorrelation, ci95: seedCorrelationCi95 };
    },
    claims: ofManyWithoutOutliers,
  },
  {
    name: 'reliability',
    of: (analysis) => ({ value: reliability(analysis).reliability, ci95: reliability(analysis).reliabilityCi95 }),
    claims: ofManyWithoutOutliers,
  },
  {
    name: 'noise ceiling',
    of: (analysis) => ({ value: noise(analysis).noiseCeiling, ci95: noise(analysis).noiseCeilingCi95 }),
    claims: ofManyWithoutOutliers,
  },
  {
    name: 'r corrected for noise',
    of: (analysis) => ({ value: noise(analysis).pearsonCorrected, ci95: noise(analysis).pearsonCorrectedCi95 }),
    claims: ofManyWithoutOutliers,
  },
];

const networks = 4000;
const samples = 10;

const known = new Map<Population, number[]>();

/** Returns the figures of a population: means over large samples. */
function truthsOf(population: Population): number[] {
  const found = known.get(population) ?? measuredTruths(population);
  known.set(population, found);
  return found;
}

function measuredTruths(population: Population): number[] {
  const random = stream(0, 'figures', population.name);
  const sums = checks.map(() => 0);
  for (let sample = 0; sample < samples; sample++) {
    // Many families of a few networks each.
    const drawn =
      population.cluster === undefined
        ? population.sample(random, networks)
        : Array.from({ length: networks / 20 }, () => population.sample(random, 20)).flat();
    const analysis = analysisOf(undefined, drawn, random, -1);
    checks.forEach(({ of }, index) => (sums[index]! += of(analysis).value! / samples));
  }
  return sums;
}

describe.each(sizes)('of %i networks', (n) => {
  const own = populations.filter(({ cluster }) => cluster === undefined || n >= 60);
  const rates = checks.map(() => new Map<string, { rate: number; studies: number }>());
  const recorded = async () =>
    recordMeasured(
      'intervals',
      ['interval of', 'n', 'studies', ...populations.map(({ name }) => name)],
      checks.map(({ name, claims }, index) => [
        ...[name, String(n), String(trials)],
        ...populations.map((population) => {
          const found = rates[index]!.get(population.name);
          if (found === undefined || Number.isNaN(found.rate)) return '–';
          return claims(population.name, n) ? percent(found.rate) : `(${percent(found.rate)})`;
        }),
      ]),
    );

  test.each(own)('95 % intervals that claim their rate cover 93 to 97 %: $name', async (population) => {
    const truths = truthsOf(population);
    const covered = checks.map(() => 0);
    const told = checks.map(() => 0);
    for (let trial = 0; trial < trials; trial++) {
      const random = stream(trial, 'coverage', population.name, n);
      const analysis = analysisOf(population.cluster, population.sample(random, n), random, trial);
      checks.forEach(({ of }, index) => {
        const { ci95 } = of(analysis);
        if (ci95 == null) return;
        told[index]!++;
        if (ci95[0] <= truths[index]! && truths[index]! <= ci95[1]) covered[index]!++;
      });
    }
    checks.forEach((_, index) =>
      rates[index]!.set(population.name, { rate: covered[index]! / told[index]!, studies: told[index]! }),
    );
    await recorded();
    const missed = checks.flatMap(({ name, claims }, index) => {
      const { rate, studies } = rates[index]!.get(population.name)!;
      const chance = 2 * Math.sqrt((0.95 * 0.05) / studies);
      const isMissed = claims(population.name, n) && (rate < 0.93 - chance || rate > 0.97 + chance);
      return isMissed ? [`${name}: ${percent(rate)}`] : [];
    });
    expect(missed).toEqual([]);
  });
});
