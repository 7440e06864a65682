import { stream, type RandomStream } from '../core/random.ts';

/**
 * Draws which classes a subset keeps: `count` of `total`, uniformly, by seed, dataset, count and draw.
 * Draws of different counts are independent, not nested.
 * @returns the original labels, ascending: the position in the list is the label in the subset
 */
export function drawClasses(seed: number, dataset: string, total: number, count: number, draw: number): number[] {
  const labels = Array.from({ length: total }, (_, label) => label);
  return stream(seed, 'classes', dataset, count, draw)
    .shuffled(labels)
    .slice(0, count)
    .sort((a, b) => a - b);
}

/**
 * Shares `total` out over classes in proportion to their sizes (largest remainder; on ties the lower class): the shares add up
 * to exactly min(total, sum of sizes), none is above its class's size, and each class that has an image gets at least one.
 * @throws RangeError where total is less than the number of classes with an image
 */
export function apportion(sizes: readonly number[], total: number): number[] {
  const available = sizes.reduce((sum, size) => sum + size, 0);
  const target = Math.min(total, available);
  const occupied = sizes.filter((size) => size > 0).length;
  if (target < occupied) throw new RangeError(`${occupied} classes need at least one image each, got ${target}`);
  const quotas = sizes.map((size) => (target * size) / (available || 1));
  const shares = quotas.map((quota, c) => Math.min(sizes[c]!, Math.max(1, Math.floor(quota))));
  /** The class farthest behind (sign 1) or ahead (sign -1) of its quota, among those that may change. */
  const farthest = (sign: 1 | -1, mayChange: (c: number) => boolean) =>
    quotas.reduce(
      (best, quota, c) =>
        mayChange(c) && (best < 0 || sign * (quota - shares[c]!) > sign * (quotas[best]! - shares[best]!)) ? c : best,
      -1,
    );
  let assigned = shares.reduce((sum, share) => sum + share, 0);
  for (; assigned < target; assigned++) shares[farthest(1, (c) => shares[c]! < sizes[c]!)]!++;
  for (; assigned > target; assigned--) shares[farthest(-1, (c) => shares[c]! > 1)]!--;
  return shares;
}

/** Positions of a source, by class. */
export type PositionsByClass = readonly (readonly number[])[];

/** Positions of each kept class in source order; the index is the label in the subset. */
export function positionsByClass(labels: Uint16Array, kept: readonly number[]): PositionsByClass {
  const positions = kept.map((): number[] => []);
  const newLabel = new Map(kept.map((label, index) => [label, index]));
  labels.forEach((label, position) => {
    const index = newLabel.get(label);
    if (index !== undefined) positions[index]!.push(position);
  });
  return positions;
}

/** Sets aside round(fraction n) images of each class, drawn at random. */
export function holdOut(
  classes: PositionsByClass,
  fraction: number,
  rng: RandomStream,
): { kept: PositionsByClass; heldOut: PositionsByClass } {
  const shuffled = classes.map((positions) => ({
    positions: rng.shuffled(positions),
    count: Math.round(fraction * positions.length),
  }));
  return {
    heldOut: shuffled.map(({ positions, count }) => positions.slice(0, count)),
    kept: shuffled.map(({ positions, count }) => positions.slice(count)),
  };
}

/** At most `total` images, stratified by class (`apportion`), drawn at random; all of them where total is undefined. */
export function stratifiedSample(
  classes: PositionsByClass,
  total: number | undefined,
  rng: RandomStream,
): PositionsByClass {
  if (total === undefined) return classes;
  const shares = apportion(
    classes.map((positions) => positions.length),
    total,
  );
  return classes.map((positions, c) => rng.shuffled(positions).slice(0, shares[c]));
}

export interface LabelledPosition {
  position: number;
  label: number;
}

/** The images of all classes in one random order, so that any run of them is a fair sample. */
export function mixed(classes: PositionsByClass, rng: RandomStream): LabelledPosition[] {
  const inSourceOrder = classes
    .flatMap((positions, label) => positions.map((position) => ({ position, label })))
    .sort((a, b) => a.position - b.position);
  return rng.shuffled(inSourceOrder);
}
