import type { Command } from 'commander';
import { catalogue } from '../lib/datasets/catalogue/index.ts';
import { MissingDatasetError } from '../lib/datasets/dataset-error.ts';
import type { CatalogueEntry } from '../lib/datasets/source.ts';
import { checkDataRoot, dataRootOption } from './options/data-root-option.ts';
import type { DatasetOptions } from './options/chosen-datasets.ts';
import { textTable } from './terminal/table.ts';
import { grouped } from '../lib/report/words/numbers.ts';
import { bytes as bytesInWords } from '../lib/report/words/units.ts';
import { print, printJson } from './terminal/print.ts';

/** `datasets list`: lists the datasets of the catalogue. */
export function register(datasets: Command): void {
  datasets
    .command('list')
    .description('list the datasets of the catalogue, and which of them exist here')
    .addOption(dataRootOption())
    .option('--json', 'print the list as JSON')
    .action(listDatasets);
}

async function listDatasets({ dataRoot, json }: Pick<DatasetOptions, 'dataRoot' | 'json'>): Promise<void> {
  await checkDataRoot(dataRoot);
  const datasets = [];
  for (const entry of catalogue) datasets.push(await described(entry, dataRoot));
  if (json === true) printJson(datasets);
  else
    print(
      textTable(
        ['dataset', 'images', 'classes', 'pixels', 'download', 'there as'],
        datasets.map(({ name, images, classes, imageSize, bytes, form }) => [
          name,
          grouped(images),
          grouped(classes),
          String(imageSize),
          bytesInWords(bytes),
          form ?? '-',
        ]),
        { left: ['dataset', 'there as'], least: ['pixels', 'download'] },
      ),
    );
}

async function described(entry: CatalogueEntry, dataRoot: string | undefined) {
  const { name, title, classes, channels, imageSize, expected, publication } = entry;
  const { homepage, licence, bytes } = publication;
  const images = Object.values(expected[0]!.splits).reduce((sum, split) => sum + split.images, 0);
  return {
    name,
    title,
    images,
    classes,
    channels,
    imageSize,
    homepage,
    licence,
    bytes,
    form: await formOf(entry, dataRoot),
  };
}

/** Returns the form in which a dataset exists here; null if it does not. */
async function formOf(entry: CatalogueEntry, dataRoot: string | undefined): Promise<string | null> {
  try {
    return (await entry.locate(dataRoot)).form;
  } catch (error) {
    if (error instanceof MissingDatasetError) return null;
    throw error;
  }
}
