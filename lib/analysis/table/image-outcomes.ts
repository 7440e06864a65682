import { ConfigError } from '../../core/errors.ts';
import type { ImageOutcomes, RunOutcomes, TestClass } from '../../results/image-outcomes.ts';
import type { ResultRow } from '../../results/results-table.ts';

/** The outcomes of all runs behind a dataset's errors, in a form that threads share. */
export interface OutcomeTable {
  testSet: string;
  images: number;
  /** By run: index of its architecture. */
  architectures: Int32Array;
  /** One row of `stride` bytes for each run. */
  bits: Uint8Array;
  stride: number;
  /** Null unless every run has its errors by class. */
  classes: ClassOutcomes | null;
}

/** Number of images of each class that the runs classified wrongly. */
export interface ClassOutcomes {
  /** By label, with the number of their test images. */
  classes: readonly TestClass[];
  /** By run, then by class. */
  wrong: Uint32Array;
}

/** Number of bytes counted at once; a run's bits are padded with zeros to a multiple. */
export const outcomeAlignment = 16;

/**
 * Returns the outcomes of a dataset's rows; null unless every run with an error has its own, as a mean over only some of the seeds would
 * not be the table's figure.
 * @param place index of each architecture
 * @throws ConfigError naming the first run whose outcomes do not match the number of test images or the run's error
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
    // A table's error may be rounded, by less than half an image.
    if (Math.abs(count - row.top1Error! * images) >= 0.5)
      refuse(`${count} of ${images} test images are wrong, but top1Error is ${row.top1Error}`);
    bits.set(wrong, stride * run);
    if (!areByClass) return;
    const isPossible = wrongByClass!.every((of, label) => of <= (classes[label]?.images ?? -1));
    if (wrongByClass!.length !== classes.length || !isPossible || sumOf(wrongByClass!) !== count)
      refuse(
        `wrong test images by class must be ${classes.length} possible counts that add up to ${count}, got ${wrongByClass!.join(', ')}`,
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
