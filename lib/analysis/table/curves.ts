import type { CurveRow } from '../../results/curves-table.ts';
import type { Vector } from './vectors.ts';

/** Validation errors of one seed by epoch, of the runs that reached the last epoch. */
export interface SeedCurves {
  seed: number;
  /** Errors by epoch, from the first. */
  epochs: Vector[];
}

/**
 * Returns the training curves of each dataset by seed (ascending), over the epochs of its longest training: shorter runs are left out.
 * Empty for a dataset without curves.
 * @param place index of each architecture in the vectors
 */
export function curvesOfSeeds(
  rows: readonly CurveRow[],
  datasets: readonly string[],
  place: ReadonlyMap<string, number>,
): SeedCurves[][] {
  const known = rows.filter((row) => place.has(row.architecture) && row.validationTop1Error !== null);
  const longest = new Map<string, number>();
  for (const { dataset, epoch } of known) longest.set(dataset, Math.max(epoch, longest.get(dataset) ?? 0));
  const found = new Map(datasets.map((dataset) => [dataset, new Map<number, SeedCurves>()]));
  for (const { architecture, dataset, seed, epoch, validationTop1Error } of known) {
    const seeds = found.get(dataset);
    if (seeds === undefined) continue;
    const empty = () => new Float64Array(place.size).fill(NaN);
    const curves = seeds.get(seed) ?? { seed, epochs: Array.from({ length: longest.get(dataset)! }, empty) };
    seeds.set(seed, curves);
    curves.epochs[epoch - 1]![place.get(architecture)!] = validationTop1Error!;
  }
  return datasets.map((dataset) =>
    [...found.get(dataset)!.values()]
      .sort((a, b) => a.seed - b.seed)
      .map(({ seed, epochs }) => ({ seed, epochs: epochs.map((errors) => finishedOnly(errors, epochs.at(-1)!)) })),
  );
}

const finishedOnly = (errors: Vector, last: Vector): Vector =>
  errors.map((error, row) => (Number.isNaN(last[row]!) ? NaN : error));
