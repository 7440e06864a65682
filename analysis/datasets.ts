/** What a results table says of a dataset; null where it does not. */
export interface DatasetFacts {
  dataset: string;
  /** `reference`, `subset` and `control` of it, or `target`: every other one. */
  role: 'reference' | 'subset' | 'control' | 'target';
  /** The dataset that it is a part of. */
  parent: string | null;
  /** Classes of a subset; of a control those of the subset whose image count it has. */
  classes: number | null;
  classDraw: number | null;
  /** Training operations of a run, epochs x images an epoch x flops, relative to the reference; the mean over architectures. */
  cost: number | null;
}
