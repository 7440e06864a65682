import { setTimeout as sleep } from 'node:timers/promises';
import { openDirectoryStore } from '../store/directory-store.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { stateFolder } from '../files/state-folder.ts';
import { textTable } from './table.ts';
import { openClient, type OpenClient } from '../control/client-connection.ts';
import { runFailures, studyIds, studyStatus } from '../control/look-up.ts';
import { describeWhole, progressView } from './progress-view.ts';
import { imagesPerSecond, settled, type RunningRun, type StudyStatus } from '../control/status.ts';

const write = (text: string) => void process.stdout.write(`${text}\n`);

/** Milliseconds between two looks of `--watch`. */
const interval = 1000;

/** `status`: of one study, or of all. */
export async function showStatus(
  id: string | undefined,
  options: { watch: boolean; json: boolean; state?: string },
): Promise<void> {
  await withStudies(options, async (store, opened) => {
    const ids = id === undefined ? await studyIds(store) : [id];
    if (ids.length === 0) process.stderr.write(`There is no study in ${store.location} yet.\n`);
    for (const study of ids) {
      const status = options.watch
        ? await watchStudy(store, opened, study, options.json)
        : await studyStatus(store, opened?.client, study);
      const failures = status.datasets.some(({ failed, diverged }) => failed + diverged > 0)
        ? await runFailures(store, study)
        : [];
      if (options.json) write(JSON.stringify({ ...status, failures }));
      else {
        write(statusText(status));
        for (const { dataset, run, failure } of failures) write(`  ${run} on ${dataset}: ${failure}`);
      }
    }
  });
}

/** `list`: a line for each study. */
export async function listStudies(options: { json: boolean; state?: string }): Promise<void> {
  await withStudies(options, async (store, opened) => {
    const ids = await studyIds(store);
    const statuses = await Promise.all(ids.map((id) => studyStatus(store, opened?.client, id)));
    if (options.json) write(JSON.stringify(statuses));
    else if (ids.length === 0) process.stderr.write(`There is no study in ${store.location} yet.\n`);
    else
      write(
        textTable(
          ['study', 'state', 'datasets', 'runs', 'done', 'failed'],
          statuses.map(({ study, state, datasets }) => [
            study,
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

async function withStudies(
  { state }: { state?: string },
  work: (store: ArtifactStore, opened: OpenClient | undefined) => Promise<void>,
): Promise<void> {
  const folder = stateFolder(state);
  const opened = await openClient(folder).catch((error: Error) => {
    process.stderr.write(`${error.message}; this is what the store says.\n`);
    return undefined;
  });
  try {
    await work(openDirectoryStore(folder.store), opened);
  } finally {
    await opened?.close();
  }
}

/** Shows a study's progress until it is not running any more; returns its last status. */
async function watchStudy(
  store: ArtifactStore,
  opened: OpenClient | undefined,
  study: string,
  json: boolean,
): Promise<StudyStatus> {
  const view = json ? undefined : progressView();
  try {
    for (;;) {
      const status = await studyStatus(store, opened?.client, study);
      if (status.state !== 'running' && status.state !== 'waiting') return status;
      if (json) write(JSON.stringify(status));
      view?.update(status);
      await sleep(interval);
    }
  } finally {
    view?.stop();
  }
}

/** A status for people. */
export function statusText(status: StudyStatus): string {
  const lines = [`${status.study}: ${describeWhole(status)}`];
  if (status.failure !== null) lines.push(`  ${status.failure}`);
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
  for (const { dataset, running } of status.datasets)
    for (const run of running) lines.push(`  ${run.name} on ${dataset}${describeRun(run)}`);
  return lines.join('\n');
}

function describeRun({ progress, attempt, lastFailure }: RunningRun): string {
  const trained =
    progress === null ? '' : `: epoch ${progress.epoch} of ${progress.epochs}, loss ${progress.loss.toPrecision(3)}`;
  const again = attempt === 1 ? '' : ` (attempt ${attempt}${lastFailure === null ? '' : ` after: ${lastFailure}`})`;
  return trained + again;
}
