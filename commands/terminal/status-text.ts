import { imagesPerSecond, type RunningRun, type StudyStatus } from '../../control/status.ts';
import { instructionInWords } from '../../lib/study/instruction-words.ts';
import { printable, printableLine, printableText } from '../../lib/core/printable.ts';
import { describeWhole } from './progress-view.ts';
import type { Colours } from './print.ts';
import { textTable } from './table.ts';

/** Colours of studies' states, each after the name of its study. */
export const stateColours: Colours = [
  [/(?<=^\S+ +)finished\b/gm, 'green'],
  [/(?<=^\S+ +)(failed|cancelled|unreadable|cannot be read)\b/gm, 'red'],
  [/(?<=^\S+ +)(waiting|paused|held|on hold|unreachable|stopped)\b/gm, 'yellow'],
];

/** Colours of a status: its state, failures and waiting steps. */
export const statusColours: Colours = [
  ...stateColours,
  [/(?<=^ +)(first|most common) failure\b/gm, 'red'],
  [/(?<=^ .*? )(is on hold|waits? for another attempt)(?=[: ])/gm, 'yellow'],
];

/** Formats a status as text for people. */
export function statusText(status: StudyStatus): string {
  const lines = [`${status.studyId}: ${describeWhole(status)}`];
  if (status.failure !== null && status.state !== 'waiting') lines.push(indented(printableText(status.failure)));
  lines.push(...retryLines(status.retries).map(indented));
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
        { least: ['images/s', 'diverged', 'reused', 'running'] },
      ),
    );
  for (const { dataset, hold, failures, running } of status.datasets) {
    if (hold !== null)
      lines.push(indented(`${printable(dataset)} is on hold: ${printable(hold.what)}: ${printableText(hold.reason)}`));
    if (failures !== null) {
      lines.push(indented(`first failure on ${printable(dataset)}: ${failureLine(failures.first)}`));
      if (failures.commonest.runs > 1)
        lines.push(
          indented(`most common failure, ${failures.commonest.runs} runs: ${failureLine(failures.commonest.message)}`),
        );
    }
    for (const run of running) lines.push(indented(printableLine(`${run.name} on ${dataset}${describeRun(run)}`)));
  }
  for (const instruction of status.instructions.slice(-mostInstructions))
    lines.push(indented(printable(instructionInWords(instruction))));
  return lines.join('\n');
}

/** Maximum number of operators' instructions that are shown, latest last. */
const mostInstructions = 5;

/** Lists the failures after which steps wait for another attempt, with the number of steps for each. */
function retryLines(retries: StudyStatus['retries']): string[] {
  const byFailure = new Map<string, StudyStatus['retries']>();
  for (const retry of retries) byFailure.set(retry.lastFailure, [...(byFailure.get(retry.lastFailure) ?? []), retry]);
  return [...byFailure].map(([failure, waiting]) => {
    const [{ what, attempt }] = waiting as [StudyStatus['retries'][number]];
    const steps = waiting.length === 1 ? `${what} waits` : `${waiting.length} steps, e.g. ${what}, wait`;
    return `${printable(steps)} for another attempt (number ${attempt}) after: ${failureLine(failure)}`;
  });
}

/** Characters shown of a failure's message, which may have thousands; `--json` and the report have all. */
const longestFailure = 300;

/** Shortens a failure's message to one line. */
export function failureLine(message: string): string {
  const line = printableLine(message);
  return line.length <= longestFailure ? line : `${line.slice(0, longestFailure)}… (--json has all of it)`;
}

const indented = (text: string) => text.replaceAll(/^/gm, '  ');

function describeRun({ progress, attempt, lastFailure }: RunningRun): string {
  const trained =
    progress === null ? '' : `: epoch ${progress.epoch} of ${progress.epochs}, loss ${progress.loss.toPrecision(3)}`;
  const again =
    attempt === 1 ? '' : ` (attempt ${attempt}${lastFailure === null ? '' : ` after: ${failureLine(lastFailure)}`})`;
  return trained + again;
}
