import { catalogueEntry } from './catalogue/index.ts';
import { ownDataset } from './own-dataset.ts';
import type { DatasetSelection } from './selection.ts';
import type { DatasetEntry } from './source.ts';

/** The dataset of a selection: the user's own dataset if the selection describes one, else the named dataset of the catalogue. */
export function datasetEntry({ dataset, source }: Pick<DatasetSelection, 'dataset' | 'source'>): DatasetEntry {
  return source === undefined ? catalogueEntry(dataset) : ownDataset(dataset, source);
}
