/** What became of the runs on a dataset: nothing is left out of the statistics without being counted here. */
export interface RunCounts {
  dataset: string;
  /** Rows of the table. */
  runs: number;
  /** With an error. */
  finished: number;
  diverged: number;
  /** Failed, or without an error for an unknown reason, by category; most frequent first. */
  failed: { category: string; runs: number }[];
  /** Combinations of an architecture of the table and a seed of this dataset that have no row. */
  missing: number;
  /** Seeds of the runs with an error, ascending. */
  seeds: number[];
  /** With at least one error. */
  architectures: number;
}
