/**
 * The values of a parameter among the best networks on a dataset (the filters of pycls' sweeps, `get_filters`): of 2,500 draws of a
 * quarter of the population the best architecture each; 2.5 %, 50 % and 97.5 % of its values.
 */
export interface ParameterRange {
  parameter: string;
  dataset: string;
  /** Architectures with a value of both. */
  n: number;
  low: number;
  median: number;
  high: number;
}

/** Two datasets whose best networks lie in different ranges of a parameter: they do not overlap. */
export interface RangeContradiction {
  parameter: string;
  /** The dataset whose range is lower. */
  lower: string;
  higher: string;
  /** From the end of the lower range to the beginning of the higher one; > 0, in the parameter's unit. */
  gap: number;
}
