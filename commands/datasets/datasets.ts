import type { Command } from 'commander';
import { dataRootOption } from '../options/data-root-option.ts';
import { collect, positiveInteger } from '../options/option-parsers.ts';
import type { DatasetOptions } from './chosen-datasets.ts';
import type { PrepareDatasetsOptions } from './prepare-datasets.ts';
import type { ShowDatasetOptions } from './show-dataset.ts';
import { withStateOptions } from '../options/state-option.ts';

/** `datasets list | check | prepare | show`: which datasets there are, whether they are complete, and what they look like. */
export function register(program: Command): void {
  const datasets = program
    .command('datasets')
    .description('the datasets that a study can use: list, check, prepare and show them');
  datasets
    .command('list')
    .description('list the datasets of the catalogue, and which of them are there')
    .addOption(dataRootOption())
    .option('--json', 'print the list as JSON')
    .action(async (options: Pick<DatasetOptions, 'dataRoot' | 'json'>) => {
      const { listDatasets } = await import('./list-datasets.ts');
      await listDatasets(options);
    });
  withDatasetOptions(
    datasets
      .command('check')
      .description(
        'check whether datasets are complete: counts by split and class, what is missing and where to get it',
      )
      .argument('[names...]', 'datasets (default: all of the catalogue, or of the study)'),
  ).action(async (names: string[], options: DatasetOptions) => {
    const { checkDatasets } = await import('./check-datasets.ts');
    await checkDatasets(names, options);
  });
  withPreparation(
    datasets
      .command('prepare')
      .description('convert datasets to the form that networks are trained on: once, for all selections from them')
      .argument('<names...>', 'datasets of the catalogue or, with a study, its datasets by name or label'),
  ).action(async (names: string[], options: PrepareDatasetsOptions) => {
    const { prepareDatasets } = await import('./prepare-datasets.ts');
    await prepareDatasets(names, options);
  });
  withPreparation(
    datasets
      .command('show')
      .description('write a page with classes, counts, statistics, and images as the network sees them')
      .argument('<name>', 'a dataset of the catalogue or, with a study, one of its datasets by name or label'),
  )
    .option('--out <file>', 'where the page is written (default: <name>.html)')
    .option('--images <n>', 'number of images on the page', positiveInteger, 48)
    .action(async (name: string, options: ShowDatasetOptions) => {
      const { showDataset } = await import('./show-dataset.ts');
      await showDataset(name, options);
    });
}

/** Adds the options of a command that prepares datasets. */
function withPreparation(command: Command): Command {
  return withStateOptions(
    withDatasetOptions(command).option('--allow-incomplete', 'accept datasets that are smaller than published'),
  );
}

/** Adds the options that say where datasets are and which study describes them. */
export function withDatasetOptions(command: Command): Command {
  return command
    .addOption(dataRootOption())
    .option('--config <file>', 'use the datasets of this study config, including your own')
    .option('--preset <name>', 'use the datasets of this study that comes with the project')
    .option('--set <a.b=v>', 'change a field of the study; may be repeated', collect, [])
    .option('--json', 'print the results as JSON');
}
