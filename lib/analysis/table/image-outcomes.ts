import { ConfigError } from '../../core/errors.ts';
import type { ImageOutcomes, RunOutcomes, TestClass } from '../../results/image-outcomes.ts';
import type { ResultRow } from '../../results/results-table.ts';

/** The outcomes of all runs that give a dataset its errors, as threads share them. */
export interface OutcomeTable {
  testSet: string;
  images: number;
  /** By run: the place of its architecture. */
  architectures: Int32Array;
  /** Run after run, `stride` bytes each. */
  bits: Uint8Array;
  stride: number;
  /** Null unless every run tells its errors by class. */
  classes: ClassOutcomes | null;
}

/** How many images of each class the runs classified wrongly. */
export interface ClassOutcomes {
  /** By label, with the number of their test images. */
  classes: readonly TestClass[];
  /** Run after run, class by class. */
  wrong: Uint32Array;
}

/** Bytes that are counted at once; a run's bits are padded with zeros to a multiple. */
export const outcomeAlignment = 16;

/**
 * The outcomes of a dataset beside its rows; null unless every run with an error has its own, as the mean over some seeds would be another
 * figure than the table's.
 * @param place of each architecture
 * @throws ConfigError naming the first run whose outcomes are as many as the dataset does not have, or are not those of its error
 */
export function outcomeTable(
  outcomes: ImageOutcomes | undefined,
  rows: readonly ResultRow[],
  place: ReadonlyMap<string, number>,
): OutcomeTable | null {
  if (outcomes === undefined) return null;
  const { dataset, testSet, images } = outcomes;
  const keyOf = ({ architecture, seed }: Pick<RunOutcomes, 'architecture' | 'seed'>) =>
    JSON.stringify([architecture, seed]);
  const known = new Map(outcomes.runs.map((run) => [keyOf(run), run]));
  const finished = rows.filter(({ top1Error }) => top1Error !== null);
  if (finished.length === 0 || !finished.every((row) => known.has(keyOf(row)))) return null;
  const stride = outcomeAlignment * Math.ceil(images / (8 * outcomeAlignment));
  const bits = new Uint8Array(new SharedArrayBuffer(stride * finished.length));
  const classes = outcomes.classes ?? [];
  const areByClass = classes.length > 0 && finished.every((row) => known.get(keyOf(row))!.wrongByClass !== undefined);
  const byClass = new Uint32Array(new SharedArrayBuffer(areByClass ? 4 * classes.length * finished.length : 0));
  finished.forEach((row, run) => {
    const { wrong, wrongByClass } = known.get(keyOf(row))!;
    const refuse = (what: string) => {
      throw new ConfigError('Outcomes of test images contradict the results', [
        `${row.architecture} on ${dataset}, seed ${row.seed}: ${what}`,
      ]);
    };
    if (wrong.length !== Math.ceil(images / 8))
      refuse(`the outcomes of ${images} test images must be ${Math.ceil(images / 8)} bytes, got ${wrong.length}`);
    const count = countOnes(wrong);
    // The error of a table may be rounded, by less than half an image.
    if (Math.abs(count - row.top1Error! * images) >= 0.5)
      refuse(`${count} of ${images} test images are wrong, but top1Error is ${row.top1Error}`);
    bits.set(wrong, stride * run);
    if (!areByClass) return;
    const isPossible = wrongByClass!.every((of, label) => of <= (classes[label]?.images ?? -1));
    if (wrongByClass!.length !== classes.length || !isPossible || sumOf(wrongByClass!) !== count)
      refuse(
        `its ${count} wrong test images must be those of its ${classes.length} classes, got ${wrongByClass!.join(', ')}`,
      );
    byClass.set(wrongByClass!, classes.length * run);
  });
  return {
    testSet,
    images,
    architectures: Int32Array.from(finished, ({ architecture }) => place.get(architecture)!),
    bits,
    stride,
    classes: areByClass ? { classes, wrong: byClass } : null,
  };
}

const sumOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

function countOnes(bytes: Uint8Array): number {
  let count = 0;
  for (let byte of bytes) for (; byte > 0; byte &= byte - 1) count++;
  return count;
}
