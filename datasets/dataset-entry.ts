import { catalogueEntry } from './catalogue/index.ts';
import { ownDataset } from './own-dataset.ts';
import type { DatasetSelection } from './selection.ts';
import type { DatasetEntry } from './source.ts';

/** The dataset that a selection is of: the one of the catalogue that it names, else the user's own that it describes. */
export function datasetEntry({ dataset, source }: Pick<DatasetSelection, 'dataset' | 'source'>): DatasetEntry {
  return source === undefined ? catalogueEntry(dataset) : ownDataset(dataset, source);
}
