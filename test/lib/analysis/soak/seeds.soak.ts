import { describe, expect, test } from 'vitest';
import { analyzeResults, type Analysis, type StatisticName } from '../../../../lib/analysis/index.ts';
import { productSum, rankScores } from '../../../../lib/analysis/inference/rank-scores.ts';
import { stream, type RandomStream } from '../../../../lib/core/random.ts';
import type { CurveRow } from '../../../../lib/results/curves-table.ts';
import { options, rowsOf } from '../results.ts';
import { isChoosingFalse, isComparisonFalse, isRankingFalse } from './false-verdicts.ts';
import { countFalse, rateError, recordReports } from './measured-table.ts';

// Reports on networks that are trained with two seeds, with rankings that repeat at the limit of the verdict, and curves near the share
// that makes a ranking visible: how often any verdict is false.

const sizes = (process.env['SOAK_SIZES'] ?? '24,60,150,500').split(',').map(Number);
/** Number of studies of each size; fewer give a rougher table sooner. */
const trials = Number(process.env['SOAK_TRIALS'] ?? 400);
const selection: StatisticName[] = ['targets', 'advice', 'comparisons', 'reliabilities', 'curves'];

const pearsonOf = (rho: number) => 2 * Math.sin((Math.PI * rho) / 6);

/** By dataset: its correlation with the reference, and the rank correlation between seeds for normal errors. */
const datasets = [
  { name: 'reference', share: 1, repeats: 0.9 },
  { name: 'a', share: 0.6, repeats: 0.3 },
  { name: 'b', share: 0, repeats: 0.3 },
].map((of) => ({ ...of, noise: Math.sqrt(1 / pearsonOf(of.repeats) - 1) }));

/** By epoch: its share of the last rank correlation, for normal errors; below 0.9 before the third epoch. */
const wantedShares = [0.6, 0.88, 0.96, 1];

/** Standard deviation of the noise of an epoch, by dataset. */
const epochNoise = datasets.map(({ repeats, noise }) =>
  wantedShares.map((share) => {
    const r = pearsonOf(share * repeats);
    return Math.sqrt(Math.max(0, 1 / (r * r * (1 + noise * noise)) - 1 - noise * noise));
  }),
);

interface Network {
  /** By dataset and seed. */
  errors: number[][];
  /** By dataset, seed and epoch. */
  curves: number[][][];
}

interface Kind {
  name: string;
  scale: (random: RandomStream) => number;
  /** Error that a failure adds to a run from its first epoch on; 0 if it does not fail. */
  failure: (random: RandomStream) => number;
}

const kinds: Kind[] = [
  { name: 'normal', scale: () => 1, failure: () => 0 },
  {
    name: 'heavy tails',
    scale: (random) => Math.sqrt(3 / [0, 0, 0].reduce((sum) => sum + random.normal() ** 2, 0)),
    failure: () => 0,
  },
  { name: '5 % of runs fail', scale: () => 1, failure: (random) => (random.uniform() < 0.05 ? 8 : 0) },
];

function networkOf({ scale, failure }: Kind, random: RandomStream): Network {
  const size = scale(random);
  const common = random.normal();
  const own = datasets.map(({ share, noise }, dataset) => {
    const quality = share * common + Math.sqrt(1 - share * share) * random.normal();
    return [0, 1].map(() => {
      const error = quality + noise * random.normal() + failure(random);
      return {
        error: size * error,
        curve: epochNoise[dataset]!.map((deviation) => size * (error + deviation * random.normal())),
      };
    });
  });
  return {
    errors: own.map((seeds) => seeds.map(({ error }) => error)),
    curves: own.map((seeds) => seeds.map(({ curve }) => curve)),
  };
}

const scaled = (value: number) => 1 / (1 + Math.exp(-value / 4));

function analysisOf(networks: readonly Network[], seed: number): Analysis {
  const rows = datasets.flatMap(({ name }, dataset) =>
    [0, 1].flatMap((number) =>
      rowsOf(
        name,
        networks.map(({ errors }) => scaled(errors[dataset]![number]!)),
        { seed: number },
      ),
    ),
  );
  const place = (architecture: string) => Number(architecture.slice(-3));
  const curves = rows.flatMap(({ architecture, dataset, seed: number }): CurveRow[] =>
    networks[place(architecture)]!.curves[datasets.findIndex(({ name }) => name === dataset)]![number]!.map(
      (error, epoch) => ({
        ...{ architecture, dataset, seed: number },
        epoch: epoch + 1,
        validationTop1Error: scaled(error),
      }),
    ),
  );
  return analyzeResults(rows, options({ bootstrapResamples: 499, seed, curves }), selection);
}

/** The true rank correlations, from a large sample. */
function truthOf(kind: Kind) {
  const random = stream(0, 'seeds', kind.name);
  const networks = Array.from({ length: 40_000 }, () => networkOf(kind, random));
  const rho = (x: (network: Network) => number, y: (network: Network) => number) =>
    productSum(rankScores(Float64Array.from(networks, x))!, rankScores(Float64Array.from(networks, y))!);
  const mean = (dataset: number) => (network: Network) =>
    scaled(network.errors[dataset]![0]!) + scaled(network.errors[dataset]![1]!);
  const between = datasets.map((_, a) => datasets.map((__, b) => rho(mean(a), mean(b))));
  const repeats = datasets.map((_, dataset) =>
    rho(
      ({ errors }) => errors[dataset]![0]!,
      ({ errors }) => errors[dataset]![1]!,
    ),
  );
  const visible = datasets.map((_, dataset) => {
    const byEpoch = wantedShares.map((__, epoch) =>
      rho(
        ({ curves }) => curves[dataset]![0]![epoch]!,
        ({ errors }) => errors[dataset]![1]!,
      ),
    );
    return byEpoch.map((value) => value / byEpoch.at(-1)!);
  });
  return { between, repeats, visible };
}

const header = [
  ...['errors', 'n', 'studies', 'false', 'any false', 'ranking', 'choosing', 'comparisons', 'repetition', 'epochs'],
  ...['finds that 0.9 repeats', 'sees the third of 4 epochs'],
];
const place = (name: string) => datasets.findIndex((of) => of.name === name);

describe.each(kinds)('networks of two seeds, $name', (kind) => {
  test.each(sizes)('of %i networks: a verdict is false in at most 6 % of the reports', async (n) => {
    const { between, repeats, visible } = truthOf(kind);
    const counts = { any: 0, ranking: 0, choosing: 0, comparisons: 0, repetition: 0, epochs: 0 };
    const found = { repeats: 0, third: 0 };
    for (let trial = 0; trial < trials; trial++) {
      const random = stream(trial, kind.name, n);
      const analysis = analysisOf(
        Array.from({ length: n }, () => networkOf(kind, random)),
        trial,
      );
      const rhoOf = (source: string, target: string) => between[place(source)]![place(target)]!;
      const isFalse: Record<Exclude<keyof typeof counts, 'any'>, boolean> = {
        ranking: analysis.targets.some((of) => isRankingFalse(of, rhoOf('reference', of.target))),
        choosing: isChoosingFalse(analysis, rhoOf),
        comparisons: isComparisonFalse(
          analysis,
          ({ proxy, target }) => rhoOf(proxy, target) - rhoOf('reference', target),
        ),
        repetition: analysis.reliabilities.some(({ dataset, verdict, seedSpearmanCi95: verdictCi95 }) =>
          isRankingFalse({ verdict, verdictCi95 }, repeats[place(dataset)]!),
        ),
        epochs: analysis.curves.some(
          ({ dataset, visibleFrom }) => visibleFrom !== null && visible[place(dataset)]![visibleFrom - 1]! < 0.9,
        ),
      };
      countFalse(counts, isFalse);
      if (analysis.reliabilities[0]!.verdict === 'holds') found.repeats++;
      if (analysis.curves[0]!.visibleFrom === 3) found.third++;
    }
    await recordReports('seeds', header, { name: kind.name, n, trials }, counts, found);
    const any = counts.any / trials;
    expect(any - 2 * rateError(any, trials), 'reports with a false verdict').toBeLessThanOrEqual(0.06);
  });
});
