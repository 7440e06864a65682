import { ofEach } from '../statistic.ts';
import type { OutcomeTable } from '../table/image-outcomes.ts';
import type { Vector } from '../table/vectors.ts';

/** The error on the test images of one class; descriptive of these networks only, no conclusion is drawn from it. */
export interface ClassError {
  dataset: string;
  /** Name of the class in the publication of the dataset. */
  class: string;
  /** Classes of the dataset. */
  classes: number;
  /** Test images of the class, at least 1. */
  images: number;
  /** Architectures with an error on the dataset. */
  n: number;
  /** Share of the images classified wrongly: mean over the architectures of their means over seeds. */
  error: number;
  /**
   * The same over the third of the architectures with the lowest errors on the whole dataset, and over the third with the highest; ties
   * at the ends of both belong to them. Null with fewer than three architectures.
   */
  ofBestThird: number | null;
  ofWorstThird: number | null;
}

/** Rows in the order of the labels; a class without test images has none. */
export const classErrors = ofEach('dataset', (_, { datasets, errors, outcomes }, dataset) => (): ClassError[] => {
  const known = outcomes[dataset];
  if (known?.classes == null) return [];
  const byArchitecture = errorsByClass(known, errors[dataset]!.length);
  const [best, worst] = thirds(errors[dataset]!);
  const all = [...byArchitecture.keys()].filter((architecture) => byArchitecture[architecture] !== undefined);
  const { classes } = known.classes;
  return classes.flatMap(({ name, images }, label): ClassError[] => {
    if (images === 0) return [];
    const mean = (architectures: readonly number[]) =>
      architectures.reduce((sum, architecture) => sum + byArchitecture[architecture]![label]!, 0) /
      architectures.length;
    const isSplit = all.length >= 3;
    return [
      {
        ...{ dataset: datasets[dataset]!, class: name, classes: classes.length, images, n: all.length },
        ...{ error: mean(all), ofBestThird: isSplit ? mean(best) : null, ofWorstThird: isSplit ? mean(worst) : null },
      },
    ];
  });
});

/** Returns for each architecture with runs its errors by label, as means over its seeds. */
function errorsByClass({ architectures, classes }: OutcomeTable, count: number): (Float64Array | undefined)[] {
  const { classes: all, wrong } = classes!;
  const runs = new Uint32Array(count);
  for (const architecture of architectures) runs[architecture]!++;
  const found = Array.from(runs, (own) => (own === 0 ? undefined : new Float64Array(all.length)));
  architectures.forEach((architecture, run) =>
    all.forEach(({ images }, label) => {
      found[architecture]![label]! += wrong[all.length * run + label]! / images / runs[architecture]!;
    }),
  );
  return found;
}

/** Returns the third of the architectures with the lowest errors, and the third with the highest. */
function thirds(errors: Vector): [best: number[], worst: number[]] {
  const sorted = errors.filter((error) => !Number.isNaN(error)).sort();
  const size = Math.ceil(sorted.length / 3);
  const [most, least] = [sorted[size - 1] ?? NaN, sorted[sorted.length - size] ?? NaN];
  const places = [...errors.keys()];
  return [places.filter((place) => errors[place]! <= most), places.filter((place) => errors[place]! >= least)];
}
