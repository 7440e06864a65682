import { stream } from '../../core/streams.ts';
import type { ByClass, DrawKey } from '../splits/hold-out.ts';

/**
 * Distributes `total` over classes in proportion to their sizes (largest remainder; ties go to the lower class): the shares add up
 * to exactly min(total, sum of sizes), none exceeds the size of its class, and each class that has an image gets at least one.
 * @throws RangeError if total is less than the number of classes with an image
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

/**
 * Draws at most `total` images at random, stratified by class (`apportion`). Each class has its own random stream, and a larger sample of a
 * class contains the smaller ones.
 * @returns positions, ascending
 */
export function stratifiedSample(
  images: ByClass,
  total: number,
  { seed, purpose, dataset, classes }: DrawKey,
): number[] {
  const shares = apportion(
    images.map((positions) => positions.length),
    total,
  );
  return images
    .flatMap((positions, label) =>
      stream(seed, purpose, dataset, classes[label]!).shuffled(positions).slice(0, shares[label]),
    )
    .sort((a, b) => a - b);
}

/** Draws `total` images at random from all classes together; returns positions, ascending. */
export function randomSample(images: Uint32Array, total: number, { seed, purpose, dataset }: DrawKey): number[] {
  return stream(seed, purpose, dataset)
    .shuffled(Array.from(images))
    .slice(0, total)
    .sort((a, b) => a - b);
}
