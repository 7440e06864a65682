import type { Command } from 'commander';
import { unfinishedRuns } from '../control/look-up.ts';
import { isUnderWay, type StudyStatus } from '../control/status.ts';
import type { Studies } from '../control/studies.ts';
import { findAnalysis } from '../lib/report/stored-analysis.ts';
import { withStateOptions } from './options/state-option.ts';
import { lookingAtStudies, tellNone, type StudiesOptions } from './studies/open-studies.ts';
import { printResults } from './studies/results.ts';
import { progressView } from './terminal/progress-view.ts';
import { failureLine, statusColours, statusText } from './terminal/status-text.ts';
import { print, printJson, printJsonLine } from './terminal/print.ts';
import { printable } from '../lib/core/printable.ts';

/** `status`: shows one study, or all of them. */
export function register(program: Command): void {
  withStateOptions(
    program
      .command('status')
      .argument('[id]', 'id of the study (default: every study)')
      .description('show the progress of a study: runs done and failed, throughput, time left')
      .option('--watch', 'keep showing the progress until the study ends', false)
      .option(
        '--json',
        'print the status as JSON: one document, or an array for all studies; with --watch, one document per line',
        false,
      ),
  ).action(status);
}

async function status(id: string | undefined, options: { watch: boolean; json: boolean } & StudiesOptions) {
  await lookingAtStudies(options, async (studies) => {
    const ids = id === undefined ? await studies.ids() : [id];
    if (ids.length === 0) tellNone(studies);
    const documents: unknown[] = [];
    for (const studyId of ids) {
      const study = studies.study(studyId);
      const found = options.watch ? await watch(studies, studyId, options.json) : await study.status();
      const hasFailures = found.datasets.some(({ failed, diverged }) => failed + diverged > 0);
      const failures = hasFailures ? await unfinishedRuns(studies.store, studyId) : [];
      if (options.json) documents.push({ ...found, failures });
      else {
        print(statusText(found), statusColours);
        for (const { dataset, run, failure } of failures)
          print(`  ${printable(`${run} on ${dataset}`)}: ${failureLine(failure.message)}`, [[/^.*?:/, 'red']]);
        if (found.state === 'finished' && (await findAnalysis(studies.store, studyId)) !== undefined)
          await printResults(studies.store, studyId, undefined);
      }
    }
    if (!options.json) return;
    if (options.watch) for (const document of documents) printJsonLine(document);
    else printJson(id === undefined ? documents : documents[0]);
  });
}

/** Shows a study's progress while it is under way; returns its last status. */
async function watch(studies: Studies, id: string, json: boolean): Promise<StudyStatus> {
  const view = json ? undefined : progressView();
  let last: StudyStatus | undefined;
  try {
    for await (const status of studies.study(id).watch()) {
      last = status;
      if (!isUnderWay(status.state)) break;
      if (json) printJsonLine(status);
      view?.update(status);
    }
  } finally {
    view?.stop();
  }
  return last!;
}
