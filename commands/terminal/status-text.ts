import { imagesPerSecond, type RunningRun, type StudyStatus } from '../../control/status.ts';
import { instructionInWords } from '../../lib/study/instruction-words.ts';
import { describeWhole } from './progress-view.ts';
import { textTable } from './table.ts';

/** A status as text for people. */
export function statusText(status: StudyStatus): string {
  const lines = [`${status.studyId}: ${describeWhole(status)}`];
  if (status.failure !== null && status.state !== 'waiting') lines.push(indented(status.failure));
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
  for (const instruction of status.instructions) lines.push(indented(instructionInWords(instruction)));
  return lines.join('\n');
}

const indented = (text: string) => text.replaceAll(/^/gm, '  ');

function describeRun({ progress, attempt, lastFailure }: RunningRun): string {
  const trained =
    progress === null ? '' : `: epoch ${progress.epoch} of ${progress.epochs}, loss ${progress.loss.toPrecision(3)}`;
  const again = attempt === 1 ? '' : ` (attempt ${attempt}${lastFailure === null ? '' : ` after: ${lastFailure}`})`;
  return trained + again;
}
