import { ofEach } from '../statistic.ts';
import type { OutcomeTable } from '../table/image-outcomes.ts';
import type { Vector } from '../table/vectors.ts';

/** How often the test images of one class are classified wrongly: nothing is concluded of it, the numbers are those of these networks. */
export interface ClassError {
  dataset: string;
  /** Under the name that the publication of the dataset gives it. */
  class: string;
  /** Classes of the dataset. */
  classes: number;
  /** Test images of the class, at least 1. */
  images: number;
  /** Architectures with an error on the dataset. */
  n: number;
  /** Share of the images that is classified wrongly: mean over the architectures, of each over its seeds. */
  error: number;
  /**
   * The same over the third of the architectures with the lowest errors on the whole dataset, and over the third with the highest; ties
   * at the ends of both belong to them. Null with fewer than three architectures.
   */
  ofBestThird: number | null;
  ofWorstThird: number | null;
}

/** By class, in the order of their labels; a class without test images has no row. */
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

/** Of each architecture with runs, by label: the mean over its seeds. */
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

/** The architectures of the third with the lowest errors, and of that with the highest. */
function thirds(errors: Vector): [best: number[], worst: number[]] {
  const sorted = errors.filter((error) => !Number.isNaN(error)).sort();
  const size = Math.ceil(sorted.length / 3);
  const [most, least] = [sorted[size - 1] ?? NaN, sorted[sorted.length - size] ?? NaN];
  const places = [...errors.keys()];
  return [places.filter((place) => errors[place]! <= most), places.filter((place) => errors[place]! >= least)];
}
