import { splitNames, type BySplit, type SplitFacts, type SplitName } from '../manifest.ts';

type Shared = SplitFacts['leakage']['duplicates'][number];

/** Pairs of splits that should have nothing in common. */
const pairs = [
  ['validation', 'train'],
  ['test', 'train'],
  ['test', 'validation'],
] as const satisfies readonly (readonly [SplitName, SplitName])[];

const mostExamples = 5;

/**
 * Finds what the splits of a dataset share: images with identical pixels, compared by their hashes (32 bytes each), and images of the same
 * group.
 * @param ids ids of all images, for the examples
 */
export function leakageOf(
  splits: BySplit<Uint32Array>,
  hashes: Buffer,
  groups: Uint32Array | undefined,
  ids: readonly string[],
): SplitFacts['leakage'] {
  return {
    duplicates: shared(splits, sameHash(hashes), ids),
    groups: groups === undefined ? null : shared(splits, (position) => groups[position]!, ids),
  };
}

/** Returns a function that gives the key an image shares with its duplicates; undefined if it has none. */
function sameHash(hashes: Buffer): (position: number) => string | undefined {
  // Sorting the first bytes of the hashes is many times faster than a map of all hashes.
  const heads = new BigUint64Array(hashes.length / 32);
  for (const image of heads.keys()) heads[image] = hashes.readBigUInt64LE(32 * image);
  const sorted = heads.slice().sort();
  const repeated = new Set(sorted.filter((head, index) => head === sorted[index + 1]));
  return (position) =>
    repeated.has(heads[position]!) ? hashes.toString('latin1', 32 * position, 32 * position + 32) : undefined;
}

function shared<Key>(
  splits: BySplit<Uint32Array>,
  keyOf: (position: number) => Key | undefined,
  ids: readonly string[],
): Shared[] {
  /** For each split, the first image of each key. */
  const firsts = Object.fromEntries(splitNames.map((name) => [name, new Map<Key, number>()])) as BySplit<
    Map<Key, number>
  >;
  for (const name of splitNames)
    for (const position of splits[name]) {
      const key = keyOf(position);
      if (key !== undefined && !firsts[name].has(key)) firsts[name].set(key, position);
    }
  return pairs.map(([split, other]) => {
    const examples: [string, string][] = [];
    let images = 0;
    for (const position of splits[split]) {
      const key = keyOf(position);
      const like = key === undefined ? undefined : firsts[other].get(key);
      if (like === undefined) continue;
      images++;
      if (examples.length < mostExamples) examples.push([ids[position]!, ids[like]!]);
    }
    return { split, with: other, images, examples };
  });
}
