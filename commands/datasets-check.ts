import type { Command } from 'commander';
import { exitCodes } from '../lib/core/errors.ts';
import { printable, printableLine } from '../lib/core/printable.ts';
import { checkDataset, type DatasetCheck } from '../lib/datasets/check.ts';
import { datasetEntry } from '../lib/datasets/dataset-entry.ts';
import { selectionShortfalls } from '../lib/datasets/selection-shortfalls.ts';
import { chosenSelections } from './options/chosen-datasets.ts';
import { checkDataRoot } from './options/data-root-option.ts';
import type { DatasetOptions } from './options/chosen-datasets.ts';
import { grouped } from '../lib/report/words/numbers.ts';
import { bytes } from '../lib/report/words/units.ts';
import { withDatasetOptions } from './options/dataset-options.ts';
import { print, printJson } from './terminal/print.ts';

/** `datasets check`: checks whether datasets are complete. */
export function register(datasets: Command): void {
  withDatasetOptions(
    datasets
      .command('check')
      .description(
        'check whether datasets are complete: counts by split and class, missing files and where to get them',
      )
      .argument('[names...]', 'datasets (default: all of the catalogue, or of the study)'),
  ).action(checkDatasets);
}

/**
 * Exits with a failure if a dataset requested by name or by a study is missing or incomplete; if none was requested, only if an existing
 * one is incomplete.
 */
async function checkDatasets(names: readonly string[], options: DatasetOptions): Promise<void> {
  const selections = await chosenSelections(names, options);
  await checkDataRoot(options.dataRoot);
  const isAskedFor = names.length > 0 || options.config !== undefined || options.preset !== undefined;
  const entries = new Map(selections.map((selection) => [selection.dataset, datasetEntry(selection)]));
  const checks: DatasetCheck[] = [];
  for (const entry of entries.values()) {
    const check = await checkDataset(entry, options.dataRoot);
    for (const selection of selections)
      if (selection.dataset === entry.name) check.problems.push(...selectionShortfalls(selection, check));
    checks.push(check);
    if (options.json !== true) print(checkText(check));
  }
  if (options.json === true) printJson(checks);
  if (checks.some(({ found, problems }) => problems.length > 0 && (found || isAskedFor)))
    process.exitCode = exitCodes.failure;
}

/** Describes in a few lines what was found for a dataset. */
function checkText({ name, found, form, classes, splits, leftOut, notes, problems, obtain }: DatasetCheck): string {
  const state = problems.length === 0 ? 'complete' : found ? 'incomplete' : 'missing';
  const counts = Object.entries(splits).map(([split, { images, expected }]) => {
    const of = expected === null || expected === images ? '' : ` of ${grouped(expected)}`;
    return split === 'undivided' ? `${grouped(images)}${of}, not split yet` : `${split} ${grouped(images)}${of}`;
  });
  const lines = [
    ...(form === null ? [] : [`from ${form}`]),
    ...(classes === null ? [] : [`${grouped(classes)} classes: ${classNames(splits)}; images: ${counts.join(', ')}`]),
    ...leftOut.map(({ reason, images }) => `left out (${grouped(images)}): ${reason}`),
    ...notes.map((note) => `not read: ${note}`),
    ...problems.map((problem) => `problem: ${problem}`),
    ...(obtain === null || problems.length === 0
      ? []
      : [
          `get it: ${obtain.homepage} (${bytes(obtain.bytes)}; licence: ${obtain.licence})`,
          `put into ${obtain.folder}/: ${obtain.put}`,
          ...(obtain.unverified === undefined ? [] : [`not verified: ${obtain.unverified}`]),
        ]),
  ];
  return [`${printable(name)}: ${state}`, ...lines.map((line) => `  ${printableLine(line)}`)].join('\n');
}

/** Number of class names that are shown, so that a wrong level of folders is noticed. */
const mostNames = 8;

function classNames(splits: DatasetCheck['splits']): string {
  const [split] = Object.values(splits);
  const names = (split?.byClass ?? []).map(({ name }) => name);
  return [...names.slice(0, mostNames), ...(names.length > mostNames ? ['...'] : [])].join(', ');
}
