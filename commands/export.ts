import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { noSuchStudy } from '../control/look-up.ts';
import { writeFileAtomically } from '../lib/core/files/atomic-write.ts';
import { stateFolder } from '../lib/core/files/state-folder.ts';
import { exportStudy } from '../lib/exports/write-export.ts';
import { bytes } from '../lib/report/words/units.ts';
import { openStore } from '../lib/store/open-store.ts';
import { StudyDocuments } from '../lib/study/documents/study-documents.ts';
import { checkOutputFile, forceOption } from './options/output-paths.ts';
import { withStateOptions } from './options/state-option.ts';
import { sayIfOutOfDate } from './studies/results.ts';
import type { StudiesOptions } from './studies/open-studies.ts';
import { print, printJson, say } from './terminal/print.ts';

/** `export`: writes a study as one file that others can check. */
export function register(program: Command): void {
  withStateOptions(
    program
      .command('export')
      .argument('<id>', 'id of the study')
      .description(
        'write a study as one file that others can check: records, predictions, tables, statistics, report; no pixels, no weights',
      )
      .requiredOption('--out <file>', 'the ZIP archive to write')
      .addOption(forceOption())
      .option('--no-predictions', 'leave out the predictions for each test image, which are most of the file')
      .option('--json', 'print what was written as JSON', false),
  ).action(exportToFile);
}

/** @throws ConfigError if there is no such study or the file cannot be written, ArtifactError if the study has no report yet */
async function exportToFile(
  id: string,
  options: { out: string; predictions: boolean; json: boolean; force: boolean } & StudiesOptions,
): Promise<void> {
  const store = openStore(options.store, stateFolder(options.state));
  if ((await new StudyDocuments(store, id).findConfig()) === undefined) throw await noSuchStudy(store, id);
  await checkOutputFile('--out', options.out, options.force);
  let predictions = 0;
  const parts = exportStudy(store, id, {
    predictions: options.predictions,
    onPredictions: (more) => (predictions += more),
    onProgress: (runs, of) => {
      if (runs % 100 === 0 || runs === of) say(`read ${runs} of ${of} runs`);
    },
  });
  await writeFileAtomically(options.out, parts);
  const { size } = await stat(options.out);
  await sayIfOutOfDate(store, id);
  if (options.json) printJson({ studyId: id, file: resolve(options.out), bytes: size, predictionsBytes: predictions });
  else
    print(
      `${options.out}: ${bytes(size)}${predictions === 0 ? '' : `, of which ${bytes(predictions)} are predictions (--no-predictions leaves them out)`}`,
    );
}
