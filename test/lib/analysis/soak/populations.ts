import type { RandomStream } from '../../../../lib/core/random.ts';

/** What is drawn for one network: an error on each dataset, the reference first; a family if networks come in families. */
export interface Drawn {
  errors: number[];
  family?: number;
}

/** A population of networks from which samples are drawn; its true rank correlations are those of a very large sample. */
export interface Population {
  name: string;
  /** How the sample must be analysed. */
  cluster?: 'family';
  sample(random: RandomStream, n: number): Drawn[];
}

/** Correlation of each target with the reference before anything goes wrong; 0.3129 is a rank correlation of 0.3. */
export const shares = [0, 0, 0.15, 0.3129, 0.6, 0.9, -0.5, -0.9];

/** Normal errors with the shares. */
function normal(random: RandomStream, scale = 1): number[] {
  const reference = random.normal();
  const targets = shares.map((share) => share * reference + Math.sqrt(1 - share * share) * random.normal());
  return [reference, ...targets].map((value) => value * scale);
}

const each =
  (draw: (random: RandomStream) => number[]): Population['sample'] =>
  (random, n) =>
    Array.from({ length: n }, () => ({ errors: draw(random) }));

/** Of networks that are far off: one in twenty. */
const rare = 0.05;

export const populations: Population[] = [
  { name: 'normal', sample: each((random) => normal(random)) },
  {
    // Student's t with three degrees: the networks that are extreme on one dataset are extreme on all.
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
    // Some have learnt little anywhere, to different degrees.
    name: '5 % barely trained',
    sample: each((random) => {
      const lag = random.uniform() < rare ? 2 + 8 * random.uniform() : 0;
      return normal(random).map((value) => value + lag);
    }),
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

/** Spearman's rho of the large sample for each pair of datasets. */
export function trueCorrelations(population: Population, random: RandomStream): number[][] {
  const size = 60_000;
  const drawn =
    population.cluster === undefined
      ? population.sample(random, size)
      : Array.from({ length: size / 20 }, () => population.sample(random, 20)).flat();
  const ranks = drawn[0]!.errors.map((_, dataset) => {
    const order = Uint32Array.from(drawn.keys()).sort(
      (a, b) => drawn[a]!.errors[dataset]! - drawn[b]!.errors[dataset]!,
    );
    const rank = new Float64Array(size);
    order.forEach((network, place) => (rank[network] = place - (size - 1) / 2));
    return rank;
  });
  const product = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, index) => sum + value * b[index]!, 0);
  const squares = product(ranks[0]!, ranks[0]!);
  return ranks.map((a) => ranks.map((b) => product(a, b) / squares));
}
