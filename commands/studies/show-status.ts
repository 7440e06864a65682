import { unfinishedRuns } from '../../control/look-up.ts';
import { imagesPerSecond, isUnderWay, settled, type RunningRun, type StudyStatus } from '../../control/status.ts';
import type { Studies } from '../../control/studies.ts';
import { describeWhole, progressView } from '../terminal/progress-view.ts';
import { textTable } from '../terminal/table.ts';
import { lookingAtStudies, type StudiesOptions } from './with-studies.ts';

const write = (text: string) => void process.stdout.write(`${text}\n`);

/** `status`: shows one study, or all of them. */
export async function showStatus(
  id: string | undefined,
  options: { watch: boolean; json: boolean } & StudiesOptions,
): Promise<void> {
  await lookingAtStudies(options, async (studies) => {
    const ids = id === undefined ? await studies.ids() : [id];
    if (ids.length === 0) tellNone(studies);
    for (const studyId of ids) {
      const study = studies.study(studyId);
      const status = options.watch ? await watch(studies, studyId, options.json) : await study.status();
      const hasFailures = status.datasets.some(({ failed, diverged }) => failed + diverged > 0);
      const failures = hasFailures ? await unfinishedRuns(studies.store, studyId) : [];
      if (options.json) write(JSON.stringify({ ...status, failures }));
      else {
        write(statusText(status));
        for (const { dataset, run, failure } of failures) write(`  ${run} on ${dataset}: ${failure.message}`);
      }
    }
  });
}

/** `list`: prints a line for each study. */
export async function listStudies(options: { json: boolean } & StudiesOptions): Promise<void> {
  await lookingAtStudies(options, async (studies) => {
    const statuses = await studies.list();
    if (options.json) write(JSON.stringify(statuses));
    else if (statuses.length === 0) tellNone(studies);
    else
      write(
        textTable(
          ['study', 'state', 'datasets', 'runs', 'done', 'failed'],
          statuses.map(({ studyId, state, datasets }) => [
            studyId,
            state,
            String(datasets.length),
            String(datasets.reduce((sum, { total }) => sum + total, 0)),
            String(datasets.reduce((sum, dataset) => sum + settled(dataset), 0)),
            String(datasets.reduce((sum, { failed }) => sum + failed, 0)),
          ]),
        ),
      );
  });
}

const tellNone = ({ store }: Studies) => void process.stderr.write(`There is no study in ${store.location} yet.\n`);

/** Shows a study's progress as long as it is under way; returns its last status. */
async function watch(studies: Studies, id: string, json: boolean): Promise<StudyStatus> {
  const view = json ? undefined : progressView();
  let last: StudyStatus | undefined;
  try {
    for await (const status of studies.study(id).watch()) {
      last = status;
      if (!isUnderWay(status.state)) break;
      if (json) write(JSON.stringify(status));
      view?.update(status);
    }
  } finally {
    view?.stop();
  }
  return last!;
}

/** A status as text for people. */
export function statusText(status: StudyStatus): string {
  const lines = [`${status.studyId}: ${describeWhole(status)}`];
  if (status.failure !== null) lines.push(indented(status.failure));
  if (status.datasets.length > 0)
    lines.push(
      textTable(
        ['dataset', 'runs', 'finished', 'reused', 'diverged', 'failed', 'running', 'images/s'],
        status.datasets.map((dataset) => [
          dataset.dataset,
          ...[dataset.total, dataset.finished, dataset.reused, dataset.diverged, dataset.failed].map(String),
          String(dataset.running.length),
          String(Math.round(imagesPerSecond(dataset))),
        ]),
      ),
    );
  for (const { dataset, hold, failures, running } of status.datasets) {
    if (hold !== null) lines.push(indented(`${dataset} is on hold: ${hold.what}: ${hold.reason}`));
    if (failures !== null) {
      lines.push(indented(`first failure on ${dataset}: ${failures.first}`));
      if (failures.commonest.runs > 1)
        lines.push(indented(`most common failure, ${failures.commonest.runs} runs: ${failures.commonest.message}`));
    }
    for (const run of running) lines.push(indented(`${run.name} on ${dataset}${describeRun(run)}`));
  }
  return lines.join('\n');
}

const indented = (text: string) => text.replaceAll(/^/gm, '  ');

function describeRun({ progress, attempt, lastFailure }: RunningRun): string {
  const trained =
    progress === null ? '' : `: epoch ${progress.epoch} of ${progress.epochs}, loss ${progress.loss.toPrecision(3)}`;
  const again = attempt === 1 ? '' : ` (attempt ${attempt}${lastFailure === null ? '' : ` after: ${lastFailure}`})`;
  return trained + again;
}
