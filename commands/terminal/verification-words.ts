import { tolerance } from '../../lib/report/export/compare-figures.ts';
import type { StudyCheck } from '../../lib/report/export/check-study.ts';
import type { VerifiedRun } from '../../lib/runs/verification.ts';

/** The outcome of checking a study. */
export interface Verification extends StudyCheck {
  studyId: string;
  /** Files of an exported study that do not match its checksums; null for a study in a store, which has no checksums. */
  fileProblems: string[] | null;
  /** Prepared datasets on this machine that have been changed. */
  dataProblems: string[];
  verified: VerifiedRun[];
}

/** Whether nothing contradicts the study; a run that cannot be trained here contradicts nothing. */
export function isVerified({
  fileProblems,
  dataProblems,
  recordProblems,
  tableProblems,
  statistics,
  verified,
}: Verification): boolean {
  const problems = [fileProblems ?? [], dataProblems, recordProblems, tableProblems, statistics?.problems ?? []].flat();
  return problems.length === 0 && statistics !== undefined && verified.every(({ verdict }) => verdict !== 'different');
}

const mostLines = 20;

/** The outcome as lines of text for people. */
export function verificationInWords(verification: Verification): string {
  const { studyId, fileProblems, dataProblems, recordProblems, tableProblems, statistics, verified, runs } =
    verification;
  const lines = [
    `study ${studyId}, ${runs} runs`,
    ...(fileProblems === null ? [] : part('files', fileProblems, 'every checksum is correct')),
    ...part('records', recordProblems, 'each belongs to the run that its key identifies'),
    ...part('results table', tableProblems, 'follows from the records'),
    ...(statistics === undefined
      ? ['statistics: cannot be recomputed']
      : part(
          'statistics',
          statistics.problems,
          `${statistics.figures} numbers recomputed: ${statistics.equal} equal to the last bit${statistics.equal < statistics.figures ? `, the others within ${statistics.largestDifference.toExponential(1)} (at most ${tolerance} is allowed)` : ''}`,
        )),
    ...(dataProblems.length === 0 ? [] : part('prepared data', dataProblems, '')),
    ...verified.flatMap(runInWords),
    isVerified(verification) ? 'nothing contradicts this study' : 'something contradicts this study: see above',
  ];
  return `${lines.join('\n')}\n`;
}

function part(name: string, problems: readonly string[], fine: string): string[] {
  if (problems.length === 0) return [`${name}: ${fine}`];
  const more = problems.length > mostLines ? [`  and ${problems.length - mostLines} more`] : [];
  return [
    `${name}: ${problems.length} wrong`,
    ...problems.slice(0, mostLines).map((problem) => `  ${problem}`),
    ...more,
  ];
}

function runInWords({ architectureName, dataset, seed, verdict, weights, top1Error, reasons }: VerifiedRun): string[] {
  const name = `${architectureName} on ${dataset}, seed ${seed}`;
  if (verdict === 'impossible') return [`${name}: cannot be trained here`, ...reasons.map((reason) => `  ${reason}`)];
  const ofWeights =
    weights === undefined
      ? 'its weights were not kept'
      : weights.isEqual
        ? 'its weights are identical to the bit'
        : weights.largestDifference === null
          ? 'its weights are different'
          : `its weights differ by up to ${weights.largestDifference.toExponential(1)} (${weights.largestRelativeDifference!.toExponential(1)} of the largest of their array)`;
  const ofErrors =
    top1Error === undefined
      ? ''
      : top1Error.recorded === top1Error.now
        ? `, its error is ${(100 * top1Error.now).toFixed(2)} % again`
        : `, its error is ${(100 * top1Error.now).toFixed(2)} % and was ${(100 * top1Error.recorded).toFixed(2)} %`;
  return [`${name}: ${ofWeights}${ofErrors}`, ...reasons.map((reason) => `  ${reason}`)];
}
