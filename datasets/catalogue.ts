import { fashionMnist } from './fashion-mnist.ts';
import { mnist } from './mnist.ts';
import type { DatasetEntry } from './split-source.ts';

/** Every dataset that a study can name. To add one: one file with its `DatasetEntry`, and its name here. */
export const catalogue: readonly DatasetEntry[] = [fashionMnist, mnist];

/** The entry of a dataset; throws where the catalogue has none of that name. */
export function catalogueEntry(name: string): DatasetEntry {
  const entry = catalogue.find((candidate) => candidate.name === name);
  if (entry === undefined)
    throw new RangeError(
      `dataset must be one of ${catalogue.map((candidate) => candidate.name).join(', ')}, got ${name}`,
    );
  return entry;
}
