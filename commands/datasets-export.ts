import { InvalidArgumentError, Option, type Command } from 'commander';
import { resolve } from 'node:path';
import {
  checkNewFolder,
  exportDataset,
  exportForms,
  type DatasetExportOptions,
} from '../lib/datasets/export/export-dataset.ts';
import { splitNames, type SplitName } from '../lib/datasets/manifest.ts';
import { openPreparedDataset } from '../lib/datasets/prepared-dataset.ts';
import { selectionLabel } from '../lib/datasets/selection-label.ts';
import { oneDataset } from './options/chosen-datasets.ts';
import { withPreparation } from './options/dataset-options.ts';
import { byteSize, names } from './options/option-parsers.ts';
import { prepareHere, progressInterval, type PrepareDatasetsOptions } from './datasets-prepare.ts';
import { Interruption } from './interruption.ts';
import { print, printJson, say } from './terminal/print.ts';
import { grouped } from '../lib/report/words/numbers.ts';

interface ExportDatasetOptions extends PrepareDatasetsOptions, Pick<DatasetExportOptions, 'form'> {
  out: string;
  split: readonly SplitName[];
  shardSize: number;
}

/** `datasets export`: writes a dataset as files for other programs; prepares it first if necessary. */
export function register(datasets: Command): void {
  withPreparation(
    datasets
      .command('export')
      .description('write a dataset as PNG files for other programs: WebDataset archives, or a folder of each class')
      .argument('<name>', 'a dataset of the catalogue or, with a study, one of its datasets by name or label'),
  )
    .addOption(new Option('--form <form>', 'arrangement of the files').choices(exportForms).makeOptionMandatory())
    .requiredOption('--out <dir>', 'the folder to write, which must not exist yet')
    .option('--split <names>', 'splits to write, separated by commas', splitList, [...splitNames])
    .option('--shard-size <bytes>', 'maximum bytes of a WebDataset archive', byteSize, 256e6)
    .action(exportPrepared);
}

async function exportPrepared(name: string, options: ExportDatasetOptions): Promise<void> {
  const { selection, seed } = await oneDataset(name, options);
  await checkNewFolder(options.out);
  const { directory, manifest } = await prepareHere(selection, seed, options);
  const label = selectionLabel(selection);
  const interruption = new Interruption({ message: `The export of ${label} was interrupted; nothing of it is left` });
  let told = Date.now();
  try {
    const exported = await exportDataset(await openPreparedDataset(directory), options.out, {
      ...{ form: options.form, splits: options.split, shardBytes: options.shardSize, signal: interruption.signal },
      onImage: (images, of) => {
        if (Date.now() - told < progressInterval) return;
        told = Date.now();
        say(`${label}: wrote ${grouped(images)} of ${grouped(of)} images`);
      },
    });
    if (options.json === true)
      printJson({ folder: resolve(options.out), form: options.form, manifest, splits: exported });
    else
      print(
        `${options.out}: ${options.split.map((split) => `${split} ${grouped(manifest.splits[split].images)}`).join(', ')}`,
      );
  } finally {
    interruption.dispose();
  }
}

/** Parses an option's value; throws commander's error, which names the option. */
function splitList(text: string): SplitName[] {
  const asked = names(text);
  if (!asked.every((name) => splitNames.includes(name as SplitName)))
    throw new InvalidArgumentError(`It must be some of ${splitNames.join(', ')}, separated by commas.`);
  return splitNames.filter((split) => asked.includes(split));
}
