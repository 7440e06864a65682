import type { Command } from 'commander';
import { dataRootOption } from './data-root-option.ts';
import { collect, positiveInteger } from './option-parsers.ts';
import type { PrepareDatasetsOptions } from './prepare-datasets.ts';
import type { ShowDatasetOptions } from './show-dataset.ts';
import { withStateOptions } from './state-option.ts';

/** Options of the commands that can be given a study's datasets. */
export interface DatasetOptions {
  dataRoot?: string;
  config?: string;
  preset?: string;
  set: readonly string[];
  json?: true;
}

/** `datasets list | check | prepare | show`: what there is, whether it is complete, and what it looks like. */
export function register(program: Command): void {
  const datasets = program
    .command('datasets')
    .description('the datasets that a study can use: what is there and complete');
  datasets
    .command('list')
    .description('the datasets of the catalogue, and which of them are there')
    .addOption(dataRootOption())
    .option('--json', 'as JSON')
    .action(async (options: Pick<DatasetOptions, 'dataRoot' | 'json'>) => {
      const { listDatasets } = await import('./list-datasets.ts');
      await listDatasets(options);
    });
  withDatasetOptions(
    datasets
      .command('check')
      .description('whether datasets are complete: counts by split and class, what is missing and where to get it')
      .argument('[names...]', 'datasets (default: all of the catalogue, or of the study)'),
  ).action(async (names: string[], options: DatasetOptions) => {
    const { checkDatasets } = await import('./check-datasets.ts');
    await checkDatasets(names, options);
  });
  withPreparation(
    datasets
      .command('prepare')
      .description('bring datasets into the form that networks are trained on: once, for all that is selected of them')
      .argument('<names...>', 'datasets of the catalogue or, with a study, its datasets by name or label'),
  ).action(async (names: string[], options: PrepareDatasetsOptions) => {
    const { prepareDatasets } = await import('./prepare-datasets.ts');
    await prepareDatasets(names, options);
  });
  withPreparation(
    datasets
      .command('show')
      .description('a page with classes, counts, statistics, and images as the network sees them')
      .argument('<name>', 'a dataset of the catalogue or, with a study, one of its datasets by name or label'),
  )
    .option('--out <file>', 'the page (default: <name>.html)')
    .option('--images <n>', 'images on the page', positiveInteger, 48)
    .action(async (name: string, options: ShowDatasetOptions) => {
      const { showDataset } = await import('./show-dataset.ts');
      await showDataset(name, options);
    });
}

/** Adds the options of a command that prepares datasets. */
function withPreparation(command: Command): Command {
  return withStateOptions(
    withDatasetOptions(command).option('--allow-incomplete', 'take datasets that are smaller than published'),
  );
}

/** Adds the options by which a command knows the datasets that a study describes. */
export function withDatasetOptions(command: Command): Command {
  return command
    .addOption(dataRootOption())
    .option('--config <file>', "a study config: its datasets, also those of one's own")
    .option('--preset <name>', 'a study that comes with the project')
    .option('--set <a.b=v>', 'a field of the study', collect, [])
    .option('--json', 'as JSON');
}
