import { studentQuantile } from '../../analysis/inference/student.ts';
import { groupBy } from '../../report/group-by.ts';

/** A recorded error of a network on a dataset. */
export interface ReplicateError {
  runKey: string;
  architectureName: string;
  dataset: string;
  /** Null if the run did not finish. */
  top1Error: number | null;
}

/** The variation of errors between replicates of the same networks on one dataset. */
export interface Spread {
  /** Standard deviation, pooled over the networks. */
  deviation: number;
  degreesOfFreedom: number;
}

/**
 * Computes the standard deviation of the error between the replicates of a network, pooled over all networks; undefined if none has two
 * errors.
 * @param errors errors by network
 */
export function spreadOf(errors: readonly (readonly number[])[]): Spread | undefined {
  const degreesOfFreedom = errors.reduce((sum, own) => sum + Math.max(0, own.length - 1), 0);
  if (degreesOfFreedom === 0) return undefined;
  const squares = errors.flatMap((own) => {
    const mean = own.reduce((sum, error) => sum + error, 0) / own.length;
    return own.map((error) => (error - mean) ** 2);
  });
  return {
    deviation: Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / degreesOfFreedom),
    degreesOfFreedom,
  };
}

/** Probability that any run trained as recorded is called different, over all runs that are trained again together. */
const falseAlarms = 0.01;

/**
 * Returns the largest difference between the errors of two trainings of the same run that the spread of the replicates explains: two draws
 * from one normal distribution differ by less with probability 1 - 0.01 / `comparisons` (Student's t), and one test image more or less is
 * always allowed.
 * @param comparisons number of runs that are trained again
 */
export function largestDifference(
  { deviation, degreesOfFreedom }: Spread,
  comparisons: number,
  images: number,
): number {
  const level = 1 - falseAlarms / (2 * Math.max(1, comparisons));
  return Math.max(studentQuantile(level, degreesOfFreedom) * deviation * Math.SQRT2, 1 / images);
}

/** The recorded errors that a new error is compared with. */
export interface Replicates {
  /** Errors of the same network on the same dataset, including the run's own. */
  own: number[];
  /**
   * Spread of all other networks on the dataset, so that a changed error cannot hide in the spread that it causes. Undefined if none has
   * two replicates.
   */
  spread: Spread | undefined;
}

/** Selects the replicates of a run from all recorded errors. */
export function replicatesOf(
  { runKey, architectureName, dataset }: Omit<ReplicateError, 'top1Error'>,
  recorded: readonly ReplicateError[],
): Replicates {
  const onDataset = recorded.filter((run) => run.dataset === dataset && run.top1Error !== null);
  const errorsOf = (runs: readonly ReplicateError[]) => runs.map(({ top1Error }) => top1Error!);
  const others = groupBy(
    onDataset.filter((run) => run.runKey !== runKey),
    (run) => run.architectureName,
  );
  return {
    own: errorsOf(onDataset.filter((run) => run.architectureName === architectureName)),
    spread: spreadOf([...others.values()].map(errorsOf)),
  };
}

/** Describes where an error lies among those of the replicates, e.g. `above 1 and below 3 of the 4 replicates' errors`. */
export function placeAmong(error: number, { own }: Replicates): string {
  const below = own.filter((other) => other < error).length;
  const above = own.filter((other) => other > error).length;
  const equal = own.length - below - above;
  const parts = [
    ...(below > 0 ? [`above ${below}`] : []),
    ...(equal > 0 ? [`equal to ${equal}`] : []),
    ...(above > 0 ? [`below ${above}`] : []),
  ];
  if (own.length === 1) return `${parts[0]!.replace(' 1', '')} the only recorded error of this network`;
  return `${parts.join(', ')} of the ${own.length} recorded errors of this network`;
}
