import { Option, type Command } from 'commander';
import { collect } from './option-parsers.ts';

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
}

export function dataRootOption(): Option {
  return new Option('--data-root <dir>', 'folder with downloaded datasets, one folder each').env(
    'BEYOND_IMAGENET_DATA',
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
