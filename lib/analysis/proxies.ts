import type { AnalysisTable } from './analysis-table.ts';
import type { Column } from './columns.ts';

/** What architectures can be ranked by in place of a target. */
export interface Proxy {
  kind: 'reference' | 'subset' | 'control' | 'dataset' | 'size';
  /** Name of the dataset, or the column of the size measure. */
  name: string;
}

/** Every proxy of a target with its values, of which lower ones are better: errors, or a size with its sign turned. */
export function proxiesOf(table: AnalysisTable, target: number): { proxy: Proxy; column: Column }[] {
  const datasets = table.facts.map(({ dataset, role }, index) => ({
    proxy: { kind: role === 'target' ? 'dataset' : role, name: dataset } as const,
    column: table.errors[index]!,
  }));
  const sizes = table.sizes.map((size) => ({
    proxy: { kind: 'size', name: size } as const,
    column: table.parameters.get(size)![target]!.map((value) => -value),
  }));
  return [...datasets.filter((_, index) => index !== target), ...sizes];
}
