import type { Command } from 'commander';
import { join } from 'node:path';
import type { DatasetManifest } from '../lib/datasets/manifest.ts';
import { prepareDataset } from '../lib/datasets/prepare-dataset.ts';
import { printable, printableLine } from '../lib/core/printable.ts';
import { selectionLabel } from '../lib/datasets/selection-label.ts';
import type { DatasetSelection } from '../lib/datasets/selection.ts';
import { stateFolder } from '../lib/core/files/state-folder.ts';
import { chosenDatasets } from './options/chosen-datasets.ts';
import type { DatasetOptions } from './options/chosen-datasets.ts';
import { Interruption } from './interruption.ts';
import { grouped } from '../lib/report/words/numbers.ts';
import { withPreparation } from './options/dataset-options.ts';
import { print, printJson, say } from './terminal/print.ts';

export interface PrepareDatasetsOptions extends DatasetOptions {
  state?: string;
  allowIncomplete?: true;
}

/** `datasets prepare`: converts datasets where the workers of this state folder will find them. */
export function register(datasets: Command): void {
  withPreparation(
    datasets
      .command('prepare')
      .description('convert datasets to the form used for training, once for all selections from them')
      .argument('<names...>', 'datasets of the catalogue or, with a study, its datasets by name or label'),
  ).action(prepareDatasets);
}

async function prepareDatasets(names: readonly string[], options: PrepareDatasetsOptions): Promise<void> {
  const { selections, config } = await chosenDatasets(names, options);
  const prepared: { directory: string; manifest: DatasetManifest }[] = [];
  for (const selection of selections) {
    const one = await prepareHere(selection, config?.seeds.data ?? 0, options);
    prepared.push(one);
    if (options.json !== true) print(`${manifestText(one.manifest)}\n  in ${one.directory}`);
  }
  if (options.json === true) printJson(prepared);
}

/** Prepares a selection in the state folder, and reports the progress on standard error. */
export async function prepareHere(
  selection: DatasetSelection,
  seed: number,
  { state, dataRoot, allowIncomplete }: PrepareDatasetsOptions,
): Promise<{ directory: string; manifest: DatasetManifest }> {
  const label = selectionLabel(selection);
  const interruption = new Interruption({
    message: `The preparation of ${label} was interrupted; the same command continues it`,
  });
  const tell = (line: string) => say(`${printable(label)}: ${printableLine(line)}`);
  let told = Date.now();
  try {
    return await prepareDataset(allowIncomplete === true ? { ...selection, allowIncomplete } : selection, {
      seed,
      directory: join(stateFolder(state).work, 'datasets'),
      dataRoot,
      signal: interruption.signal,
      onNotice: tell,
      onProgress: ({ images, of }) => {
        if (Date.now() - told < progressInterval) return;
        told = Date.now();
        tell(`${grouped(images)} of ${grouped(of)} images`);
      },
    });
  } finally {
    interruption.dispose();
  }
}

/** Milliseconds between two reports of progress. */
export const progressInterval = 2000;

/** Describes in a few lines what was prepared. */
function manifestText({
  label,
  classes,
  splits,
  digest,
  skipped,
  leftOut,
  incomplete,
  leakage,
}: DatasetManifest): string {
  const { train, validation, test } = splits;
  const lines = [
    `${grouped(classes.length)} classes; images: train ${grouped(train.images)}, validation ${grouped(validation.images)}, test ${grouped(test.images)}`,
    ...incomplete.map((problem) => `incomplete: ${problem}`),
    ...leftOut.map(({ reason, images }) => `left out (${grouped(images)}): ${reason}`),
    ...(skipped.length === 0
      ? []
      : [`unreadable (${grouped(skipped.length)}): e.g. ${skipped[0]!.id}: ${skipped[0]!.reason}`]),
    ...[
      ...leakage.duplicates.map((pair) => ({ ...pair, like: 'pixels' })),
      ...(leakage.groups ?? []).map((pair) => ({ ...pair, like: 'group' })),
    ]
      .filter(({ images }) => images > 0)
      .map(
        ({ split, with: other, images, like }) =>
          `${grouped(images)} ${split} images have the ${like} of a ${other === 'train' ? 'training' : other} image`,
      ),
    `digest ${digest.slice(0, 16)}`,
  ];
  return [`${printable(label)}: prepared`, ...lines.map((line) => `  ${printableLine(line)}`)].join('\n');
}
