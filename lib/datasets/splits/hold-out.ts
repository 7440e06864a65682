import { stream, type StreamPurpose } from '../../core/streams.ts';

/** Positions of images, class by class. */
export type ByClass = readonly (readonly number[])[];

/** The key of a random hold-out: the seed and the names of its random streams, one per class. */
export interface DrawKey {
  seed: number;
  purpose: StreamPurpose;
  dataset: string;
  /** Class names; the position is the label. */
  classes: readonly string[];
}

/** Groups positions by label, in the given order. */
export function byClass(positions: Iterable<number>, labels: Uint16Array, classes: number): number[][] {
  const groups = Array.from({ length: classes }, (): number[] => []);
  for (const position of positions) groups[labels[position]!]!.push(position);
  return groups;
}

/**
 * Draws the images to hold out: round(fraction n) of each class. Each class has its own random stream, so that draws from one class do not
 * depend on the others.
 */
export function holdOut(images: ByClass, fraction: number, { seed, purpose, dataset, classes }: DrawKey): Set<number> {
  return new Set(
    images.flatMap((positions, label) =>
      stream(seed, purpose, dataset, classes[label]!)
        .shuffled(positions)
        .slice(0, Math.round(fraction * positions.length)),
    ),
  );
}

/**
 * The same with whole groups, visited in random order: a group is held out if that brings the counts of its classes closer to
 * round(fraction n), measured by the sum of squares.
 * @param groupOf returns the group of an image
 */
export function holdOutGroups(
  images: ByClass,
  groupOf: (position: number) => number,
  fraction: number,
  { seed, purpose, dataset }: DrawKey,
): Set<number> {
  const groups = new Map<number, { positions: number[]; counts: Map<number, number> }>();
  images.forEach((positions, label) => {
    for (const position of positions) {
      const key = groupOf(position);
      const group = groups.get(key) ?? { positions: [], counts: new Map<number, number>() };
      group.positions.push(position);
      group.counts.set(label, (group.counts.get(label) ?? 0) + 1);
      groups.set(key, group);
    }
  });
  const missing = images.map((positions) => Math.round(fraction * positions.length));
  const heldOut = new Set<number>();
  const inOrder = [...groups.keys()].sort((a, b) => a - b);
  for (const key of stream(seed, purpose, dataset, 'groups').shuffled(inOrder)) {
    const { positions, counts } = groups.get(key)!;
    // The change in the sum of squared shortfalls: (m - n)^2 - m^2 for each class.
    const change = [...counts].reduce((sum, [label, count]) => sum + count * (count - 2 * missing[label]!), 0);
    if (change >= 0) continue;
    for (const [label, count] of counts) missing[label]! -= count;
    for (const position of positions) heldOut.add(position);
  }
  return heldOut;
}
