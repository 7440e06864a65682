import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { noSuchStudy } from '../control/look-up.ts';
import { ConfigError } from '../lib/core/errors.ts';
import { stateFolder } from '../lib/core/files/state-folder.ts';
import { downloadRuns, downloads, type Download } from '../lib/exports/download-runs.ts';
import { openStore } from '../lib/store/open-store.ts';
import { StudyDocuments } from '../lib/study/documents/study-documents.ts';
import { checkOutputFolder } from './options/output-paths.ts';
import { withStateOptions } from './options/state-option.ts';
import type { StudiesOptions } from './studies/open-studies.ts';
import { print, printJson, say } from './terminal/print.ts';

interface DownloadCommandOptions extends StudiesOptions {
  out: string;
  only: Download[];
  architecture?: string;
  dataset?: string;
  json: boolean;
}

/** `download`: writes the files of a study's runs under readable names. */
export function register(program: Command): void {
  withStateOptions(
    program
      .command('download')
      .argument('<id>', 'id of the study')
      .description(
        'write the files of the finished runs of a study, with a folder for each run: weights (safetensors, in the layout of PyTorch and pycls), predictions, TensorBoard event files, SavedModels',
      )
      .requiredOption('--out <folder>', 'folder that will contain a folder for each run')
      .option('--only <kinds>', `some of ${downloads.join(', ')}, comma-separated (default: all)`, kinds, [
        ...downloads,
      ])
      .option('--architecture <name>', 'only runs of this network')
      .option('--dataset <label>', 'only runs on this dataset')
      .option('--json', 'print what was written as JSON', false),
  ).action(download);
}

function kinds(text: string): Download[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !(downloads as readonly string[]).includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`It must be some of ${downloads.join(', ')}.`);
  return names as Download[];
}

/** @throws ConfigError if there is no such study, or no finished run matches */
async function download(id: string, { out, only, ...options }: DownloadCommandOptions): Promise<void> {
  const store = openStore(options.store, stateFolder(options.state));
  if ((await new StudyDocuments(store, id).findConfig()) === undefined) throw await noSuchStudy(store, id);
  await checkOutputFolder('--out', out);
  const { architecture, dataset } = options;
  const { runs, found } = await downloadRuns(store, id, { out, kinds: only, architecture, dataset, onRun: say });
  if (runs === 0)
    throw new ConfigError('There is nothing to download', [
      `--architecture and --dataset must match a finished run of ${id}, got ${architecture ?? 'any'} and ${dataset ?? 'any'}`,
    ]);
  if (options.json) printJson({ studyId: id, folder: resolve(out), runs, found });
  else
    for (const kind of only) {
      const missing = runs - found[kind];
      print(`${kind}: of ${found[kind]} runs${missing === 0 ? '' : `; those of ${missing} others were not kept`}`);
    }
}
