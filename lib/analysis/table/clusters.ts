import { ConfigError } from '../../core/errors.ts';
import type { ResultRow } from '../../results/results-table.ts';
import type { Clusters } from '../resampling/replicates.ts';

/**
 * Returns the clusters that a column assigns to the architectures, e.g. the families of published networks.
 * @throws ConfigError naming the first architecture that has no value or several there
 */
export function clustersOf(rows: readonly ResultRow[], column: string, place: ReadonlyMap<string, number>): Clusters {
  const names = new Map<string, string | number>();
  for (const row of rows) {
    const name = row[column];
    if (name === null || name === undefined || name === '') continue;
    const known = names.get(row.architecture);
    if (known !== undefined && known !== name)
      throw new ConfigError('The clusters contradict each other', [
        `column ${column} must be the same in all rows of an architecture, got ${known} and ${name} for ${row.architecture}`,
      ]);
    names.set(row.architecture, name);
  }
  const missing = [...place.keys()].find((architecture) => !names.has(architecture));
  if (missing !== undefined)
    throw new ConfigError('A network has no cluster', [
      `column ${column} must have a value for every architecture, got none for ${missing}`,
    ]);
  const numbers = new Map(
    [...new Set([...place.keys()].map((name) => names.get(name)!))].map((name, index) => [name, index]),
  );
  return {
    count: numbers.size,
    of: Int32Array.from(place.keys(), (architecture) => numbers.get(names.get(architecture)!)!),
  };
}
