import type { AnalysisTable } from '../table/analysis-table.ts';
import type { ComparedDataset } from '../table/datasets.ts';
import { negated, type Vector } from '../table/vectors.ts';

/** Something to rank architectures by instead of training them on a target. */
export interface Proxy {
  kind: 'reference' | 'subset' | 'control' | 'dataset' | 'size';
  /** Name of the dataset, or the column of the size measure. */
  name: string;
}

/** A proxy with its values, of which lower ones are better: errors, or a size with the opposite sign. */
export interface ProxyVector {
  proxy: Proxy;
  vector: Vector;
  /** Undefined for a size. */
  facts: ComparedDataset | undefined;
}

/** Returns all proxies of a target. */
export function proxiesOf(table: AnalysisTable, target: number): ProxyVector[] {
  const datasets = table.facts.map((facts, index): ProxyVector => {
    const { dataset, role } = facts;
    return {
      proxy: { kind: role === 'target' ? 'dataset' : role, name: dataset },
      vector: table.errors[index]!,
      facts,
    };
  });
  const sizes = table.sizes.map((size): ProxyVector => ({
    proxy: { kind: 'size', name: size },
    vector: negated(table.parameters.get(size)![target]!),
    facts: undefined,
  }));
  return [...datasets.filter((_, index) => index !== target), ...sizes];
}

/** Returns whether proxies of a dataset are of interest: not for the reference and parts of it. */
export const isTarget = ({ facts }: Pick<AnalysisTable, 'facts'>, dataset: number): boolean =>
  facts[dataset]!.role === 'target';
