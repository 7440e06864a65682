/**
 * A row of the tidy table of training curves (`curves.csv`, beside the results): one epoch of one run, joined to the results by
 * architecture, dataset and seed.
 */
export interface CurveRow {
  architecture: string;
  dataset: string;
  seed: number;
  /** From 1. */
  epoch: number;
  /** After this epoch, on the validation images; a fraction in [0, 1], null where it was not measured. */
  validationTop1Error: number | null;
  /** Further columns, e.g. `trainingLoss` or `learningRate`. */
  [column: string]: string | number | null;
}
