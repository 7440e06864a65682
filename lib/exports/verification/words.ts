import { printable, printableLine } from '../../core/printable.ts';
import type { Check } from './check.ts';
import { fileAge } from './files.ts';
import { predictionsOfAll } from './predictions.ts';
import type { RepeatedRun } from './train-again.ts';
import { isWritten, notRun, type Verification } from './verify-study.ts';

const mostLines = 20;

/** Describes the outcome of verifying a study in lines of text, in which names cannot harm a terminal. */
export function verificationInWords(verification: Verification): string {
  const { studyId, checks, repeated, notVerified, runs } = verification;
  const lines = [
    `study ${studyId}: ${runs.planned} planned runs, ${runs.recorded} with a record`,
    ...checks.flatMap(checkInWords),
    ...repeated.flatMap(runInWords),
    ...listed('not verified:', notVerified),
    conclusion(verification),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

function checkInWords({ subject, shown, problems }: Check): string[] {
  if (problems.length > 0) return listed(`${subject}: ${problems.length} wrong`, problems);
  return shown === '' ? [] : [`${subject}: ${shown}`];
}

/** Longest line in characters: the message of a trainer's failure may have thousands. */
const longestLine = 500;

const shortened = (line: string) => (line.length <= longestLine ? line : `${line.slice(0, longestLine)}...`);

/** Returns a heading with up to twenty lines, indented so that none can be mistaken for this program's own. */
function listed(heading: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const more = lines.length > mostLines ? [`  and ${lines.length - mostLines} more`] : [];
  return [heading, ...lines.slice(0, mostLines).map((line) => `  ${shortened(printableLine(line))}`), ...more];
}

function runInWords({ architectureName, dataset, seed, ...run }: RepeatedRun): string[] {
  const { reproduction, weights, top1Error, place, reasons } = run;
  const name = `${architectureName} on ${dataset}, seed ${seed}`;
  if (place !== undefined && top1Error !== undefined) {
    const judgement = { consistent: 'consistent', different: 'different', impossible: 'cannot be judged', same: '' };
    const heading = `${name}: trained again, ${judgement[reproduction]}: its error is ${percent(top1Error.now)} and was ${percent(top1Error.recorded)}; it is ${place}`;
    return reasons.length === 0 ? [heading] : listed(heading, reasons);
  }
  if (reproduction === 'consistent') return [`${name}: trained again: it did not finish again`];
  if (reproduction === 'impossible') return listed(`${name}: cannot be trained here`, reasons);
  const ofWeights =
    weights === undefined
      ? 'there are no weights to compare'
      : weights.isEqual
        ? 'its weights are identical to the bit'
        : weights.largestDifference === null
          ? 'its weights are different'
          : `its weights differ by up to ${weights.largestDifference.toExponential(1)} (${weights.largestRelativeDifference!.toExponential(1)} of the largest of their array)`;
  const ofErrors =
    top1Error === undefined
      ? ''
      : top1Error.recorded === top1Error.now
        ? `, its error is ${percent(top1Error.now)} again`
        : `, its error is ${percent(top1Error.now)} and was ${percent(top1Error.recorded)}`;
  const heading = `${name}: trained again: ${ofWeights}${ofErrors}`;
  return reasons.length === 0 ? [heading] : listed(heading, reasons);
}

const percent = (error: number) => `${(100 * error).toFixed(2)} %`;

/** Returns the last line: what was proved, what was not, and the share of the runs that was trained again. */
function conclusion({ studyId, verdict, isRehearsal, runs, repeated, checks }: Verification): string {
  const { reproduced, consistent, recorded } = runs;
  if (verdict === 'contradicted') return 'CONTRADICTED: something is wrong with this study, see above';
  if (checks.some(({ subject, unproved }) => subject === fileAge && unproved.length > 0))
    return `OUT OF DATE: all files follow from the records as they were when they were collected, and another study has tried runs again since; the command \`report ${studyId}\`, where the study was made, brings its files up to date`;
  if (isRehearsal)
    return 'A REHEARSAL: its files agree with each other, but every number is simulated and nothing was trained';
  const confirmed = reproduced + consistent;
  const share = `${confirmed} of ${recorded} runs (${((100 * confirmed) / Math.max(1, recorded)).toFixed(1)} %)`;
  const isAnotherVersion = checks.some(({ subject, unproved }) => isWritten.includes(subject) && unproved.length > 0);
  if (isAnotherVersion)
    return `NOT PROVED: another version of the program wrote files that this version writes differently (reproduced: ${share}); verify it with that version`;
  if (checks.some(({ subject, unproved }) => subject === predictionsOfAll && unproved.length > 0))
    return 'NOT PROVED: the requested errors do not follow from the predictions of every run, see above';
  if (checks.some(({ subject, unproved }) => subject === notRun && unproved.length > 0))
    return `NOT PROVED: all files follow from the records, but the trainer of the study was not run here (--run-trainer): nothing shows that any of the ${recorded} runs was trained`;
  if (verdict === 'unproved')
    return `NOT PROVED: all files follow from the records, but none of the ${repeated.length} runs drawn could be reproduced here: nothing shows that any of the ${recorded} was trained`;
  if (repeated.length === 0)
    return `nothing contradicts this study: all files follow from its ${recorded} records; no run was trained again, so nothing shows that any was trained`;
  if (consistent > 0)
    return `nothing contradicts this study: all files follow from its records, and ${share} were trained again with errors that agree with the replicates; bits were not compared, since the trainer is not deterministic`;
  return `nothing contradicts this study: all files follow from its records, and ${share} were trained again with the same result`;
}
