import { productSum, rankScores } from '../../../../lib/analysis/inference/rank-scores.ts';
import { restricted } from '../../../../lib/analysis/table/vectors.ts';
import type { RandomStream } from '../../../../lib/core/random.ts';

/** One network: its error on each dataset, the reference first, NaN if it diverged; its family if networks come in families. */
export interface Drawn {
  errors: number[];
  family?: number;
}

/** A population of networks from which samples are drawn; its true rank correlations are those of a large sample. */
export interface Population {
  name: string;
  /** Cluster column by which the sample must be analysed. */
  cluster?: 'family';
  sample(random: RandomStream, n: number): Drawn[];
}

/** Correlation of each target with the reference before anything goes wrong; 0.3129 is a rank correlation of 0.3. */
export const shares = [0, 0, 0.15, 0.3129, 0.6, 0.9, -0.5, -0.9];

/** Draws normal errors that have these correlations. */
function normal(random: RandomStream, scale = 1): number[] {
  const reference = random.normal();
  const targets = shares.map((share) => share * reference + Math.sqrt(1 - share * share) * random.normal());
  return [reference, ...targets].map((value) => value * scale);
}

const each =
  (draw: (random: RandomStream) => number[]): Population['sample'] =>
  (random, n) =>
    Array.from({ length: n }, () => ({ errors: draw(random) }));

/** Share of outliers: one in twenty. */
const rare = 0.05;

export const populations: Population[] = [
  { name: 'normal', sample: each((random) => normal(random)) },
  {
    // Student's t with three degrees of freedom: networks that are extreme on one dataset are extreme on all.
    name: 'heavy tails',
    sample: each((random) => {
      const squares = [0, 0, 0].reduce((sum) => sum + random.normal() ** 2, 0);
      return normal(random, Math.sqrt(3 / squares));
    }),
  },
  {
    name: '5 % fail on all datasets',
    sample: each((random) =>
      random.uniform() < rare ? normal(random, 0.1).map((value) => 8 + value) : normal(random),
    ),
  },
  {
    name: '5 % fail on each dataset',
    sample: each((random) =>
      normal(random).map((value) => (random.uniform() < rare ? 8 + 0.1 * random.normal() : value)),
    ),
  },
  {
    // Some networks have learnt little on all datasets, to different degrees.
    name: '5 % barely trained',
    sample: each((random) => {
      const lag = random.uniform() < rare ? 2 + 8 * random.uniform() : 0;
      return normal(random).map((value) => value + lag);
    }),
  },
  {
    // The networks with the largest errors on a dataset have no error there.
    name: 'worst 5 % diverge',
    sample: each((random) => normal(random).map((value) => (value > 1.645 ? NaN : value))),
  },
  {
    name: 'ten families, --cluster',
    cluster: 'family',
    sample: (random, n) => {
      const families = Array.from({ length: 10 }, () => normal(random));
      return Array.from({ length: n }, (_, index) => ({
        errors: normal(random, 0.3).map((value, dataset) => value + families[index % 10]![dataset]!),
        family: index % 10,
      }));
    },
  },
];

/** The true rank correlation of two datasets among the networks that also have an error on certain others. */
export type Truth = (a: number, b: number, among?: readonly number[]) => number;

const size = 40_000;

/** Returns true correlations, computed once each from a large sample. */
export function truthOf(population: Population, random: RandomStream): Truth {
  const drawn =
    population.cluster === undefined
      ? population.sample(random, size)
      : Array.from({ length: size / 20 }, () => population.sample(random, 20)).flat();
  const columns = drawn[0]!.errors.map((_, dataset) => Float64Array.from(drawn, ({ errors }) => errors[dataset]!));
  const isComplete = columns.every((errors) => !errors.some(Number.isNaN));
  const scores = columns.map((errors) => (isComplete ? rankScores(errors)! : errors));
  const known = new Map<string, number>();
  return (a, b, among = []) => {
    const datasets = isComplete ? [] : [...new Set([a, b, ...among])].sort((x, y) => x - y);
    const key = [Math.min(a, b), Math.max(a, b), ...datasets].join(' ');
    if (!known.has(key)) {
      const [x, y] = [a, b].map((dataset) =>
        isComplete
          ? scores[dataset]!
          : rankScores(
              restricted(
                columns[dataset]!,
                datasets.map((other) => columns[other]!),
              ),
            )!,
      ) as [Float64Array, Float64Array];
      known.set(key, productSum(x, y));
    }
    return known.get(key)!;
  };
}
