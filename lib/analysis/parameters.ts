import { complexityParameters, structureParametersFor } from '../design-space/structure-parameters.ts';
import type { ResultRow } from '../results/results-table.ts';

const mostStages = 16;

/** Returns the titles of a table's columns that are structure parameters and complexities, by column, in their usual order. */
export function knownParameterTitles(rows: readonly ResultRow[]): Map<string, string> {
  const isColumn = (key: string) => rows.some((row) => typeof row[key] === 'number');
  const known = [...structureParametersFor(mostStages), ...complexityParameters].filter(({ key }) => isColumn(key));
  return new Map(known.map(({ key, title }) => [key, title]));
}
