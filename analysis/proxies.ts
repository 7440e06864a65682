/** What architectures can be ranked by in place of a target. */
export interface Proxy {
  kind: 'reference' | 'subset' | 'control' | 'dataset' | 'size';
  /** Name of the dataset, or the column of the size measure. */
  name: string;
}
