import { isDeepStrictEqual } from 'node:util';
import type { Analysis } from '../../analysis/index.ts';
import { OperationalError } from '../../core/errors.ts';
import { analysisFiles, reportFiles, tableFiles } from '../../report/study-files.ts';
import { findAnalysis } from '../../report/stored-analysis.ts';
import { analyzeStudy, type StudyResults } from '../../report/study-results.ts';
import { asBefore, earlierFailures, type Failure } from '../../results/earlier-failures.ts';
import { parseOutcomes } from '../../results/image-outcomes.ts';
import { parseLargeCurves } from '../../results/curves-table.ts';
import { parseLargeResults } from '../../results/results-table.ts';
import type { ArtifactStore } from '../../store/artifact-store.ts';
import type { StudyConfig } from '../../study/config.ts';
import { studyArtifacts, StudyDocuments } from '../../study/documents/study-documents.ts';
import { readRunRecord } from '../../study/documents/run-record.ts';
import type { StudyOutcome } from '../../study/outcome.ts';
import { readmeName } from '../export-index.ts';
import { newCheck, type Check } from './check.ts';
import { compareFigures, tolerance } from './compare-figures.ts';

export interface FilesOptions {
  config: StudyConfig;
  /** For an exported study, the version of the program that wrote it if it was another one; undefined for a file without a version. */
  writtenBy: { version: string | undefined } | 'this version';
  /** Expected README of an exported study; undefined for a study in a store, which has none. */
  readme: string | undefined;
  signal?: AbortSignal | undefined;
}

/** Recomputes every file of a study that follows from its records, and compares it with the one in the store. */
export async function checkFiles(store: ArtifactStore, studyId: string, options: FilesOptions): Promise<Check[]> {
  const { config, signal, readme, writtenBy } = options;
  const names = studyArtifacts(studyId);
  const tables = newCheck('tables', 'results.csv, curves.csv and outcomes.json follow from the records, to the byte');
  const earlier = await failuresOf(store, studyId);
  const findRecord = asBefore(earlier, (runKey) => readRunRecord(store, runKey));
  const { files, counts } = await tableFiles(store, studyId, { signal, findRecord });
  const encoded = new Map([...files].map(([name, text]) => [name, Buffer.from(text)]));
  const ofTables = writtenBy === 'this version' ? tables.problems : tables.unproved;
  for (const [name, content] of encoded) await compareText(store, name, content, ofTables);
  if (!files.has(names.outcomes) && (await store.has(names.outcomes)))
    ofTables.push(`${names.outcomes} is there, and no record has outcomes of test images`);
  const outcome = newCheck('outcome', 'its counts of runs follow from the records');
  await checkOutcome(store, studyId, counts, earlier, outcome);

  const statistics = newCheck('statistics', '');
  const results: StudyResults = {
    studyId,
    config,
    rows: await parseLargeResults(encoded.get(names.results)!, names.results),
    curves: await parseLargeCurves(encoded.get(names.curves)!, names.curves),
    outcomes: files.has(names.outcomes) ? parseOutcomes(files.get(names.outcomes)!, names.outcomes) : [],
  };
  const computed = await analyzeStudy(results, signal);
  const stored = await storedAnalysis(store, studyId, statistics);
  let analysis = computed;
  if (stored !== undefined) {
    const { figures, equal, largestDifference, problems, absent } = compareFigures(
      withoutClasses(stored),
      withoutClasses(computed),
    );
    // Another version may define a statistic differently, under the same name.
    // One by one: hundreds of thousands are too many for the arguments of a call.
    const wrong = writtenBy === 'this version' ? statistics.problems : statistics.unproved;
    for (const problem of [...problems, ...absent]) wrong.push(problem);
    statistics.shown = `${figures} numbers follow from the records: ${equal} equal to the last bit${equal < figures ? `, the others within ${largestDifference.toExponential(1)} (at most ${tolerance} is allowed)` : ''}`;
    // Numbers from another machine may differ in their last bit, so files written from the stored ones are compared, to the byte.
    if (problems.length === 0 && absent.length === 0) analysis = stored;
  }

  const report = newCheck(
    'report',
    `report.html, correlations.json${readme === undefined ? ' and correlations.csv' : ', correlations.csv and README.txt'} follow from the statistics, to the byte`,
  );
  const derived = new Map([
    ...analysisFiles(studyId, analysis),
    ...(await reportFiles(store, results, analysis)).files,
  ]);
  derived.delete(names.analysis);
  if (readme !== undefined) derived.set(readmeName, readme);
  for (const [name, text] of derived)
    await compareText(store, name, Buffer.from(text), writtenBy === 'this version' ? report.problems : report.unproved);
  const age = newCheck(fileAge, '');
  if (earlier.size > 0)
    age.unproved.push(
      `results of ${earlier.size} ${earlier.size === 1 ? 'run' : 'runs'} that had failed and that another study has tried again since: the tables and all that follows from them are older than these records`,
    );
  return [tables, outcome, statistics, report, age];
}

/** Subject of the check whether the files of a study are as new as its records. */
export const fileAge = 'age of the files';

/** Returns the failures that are in the table but no longer in the records; none if the table cannot be read, which other checks report. */
async function failuresOf(store: ArtifactStore, studyId: string): Promise<Map<string, Failure>> {
  try {
    return await earlierFailures(store, studyId);
  } catch (error) {
    if (!(error instanceof OperationalError)) throw error;
    return new Map();
  }
}

/** Returns an analysis as it is in JSON: `undefined` members are absent, maps are lists. */
const withoutClasses = ({ matrix, ...analysis }: Analysis): unknown =>
  JSON.parse(JSON.stringify({ ...analysis, matrix: { ...matrix, errors: [...matrix.errors] } }));

async function storedAnalysis(store: ArtifactStore, studyId: string, check: Check): Promise<Analysis | undefined> {
  try {
    const stored = await findAnalysis(store, studyId);
    if (stored === undefined) check.problems.push(`${studyArtifacts(studyId).analysis} is missing`);
    return stored;
  } catch (error) {
    if (!(error instanceof OperationalError)) throw error;
    check.problems.push(error.message);
    return undefined;
  }
}

const mostDifferences = 5;

/** Names the first lines in which a stored text differs from the recomputed one. */
async function compareText(store: ArtifactStore, name: string, computed: Buffer, problems: string[]): Promise<void> {
  const stored = await store.get(name);
  if (stored === undefined) problems.push(`${name} is missing`);
  else if (!stored.equals(computed)) {
    const [before, now] = [stored, computed].map((text) => text.toString().split('\n')) as [string[], string[]];
    const lines = Array.from({ length: Math.max(before.length, now.length) }, (_, line) => line);
    const differing = lines.filter((line) => before[line] !== now[line]);
    for (const line of differing.slice(0, mostDifferences))
      problems.push(`${name}, line ${line + 1}: ${difference(before[line], now[line])}`);
    if (differing.length > mostDifferences)
      problems.push(`${name}: ${differing.length - mostDifferences} more lines differ`);
  }
}

/** Describes where two lines begin to differ. */
function difference(stored: string | undefined, computed: string | undefined): string {
  if (stored === undefined) return 'is missing';
  if (computed === undefined) return 'does not follow from the records';
  let start = 0;
  while (start < stored.length && stored[start] === computed[start]) start++;
  const part = (text: string) => JSON.stringify(text.slice(Math.max(0, start - 20), start + 40));
  return `is ${part(stored)} at character ${start + 1}, and ${part(computed)} follows from the records`;
}

/**
 * Compares the counts of runs with the records, if the study has ended.
 * @param counts when the tables were collected, before other studies tried the runs with these failures again
 */
async function checkOutcome(
  store: ArtifactStore,
  studyId: string,
  counts: StudyOutcome['runs'],
  earlier: ReadonlyMap<string, Failure>,
  check: Check,
): Promise<void> {
  try {
    const outcome = await new StudyDocuments(store, studyId).findOutcome();
    if (outcome === undefined) {
      check.unproved.push('that the study has ended: it has no outcome.json');
      return;
    }
    // Its writer, `writeTables`, may have been lost before it wrote the tables.
    if (earlier.size > 0 && isDeepStrictEqual(outcome, { studyId, runs: (await tableFiles(store, studyId)).counts }))
      return;
    const { problems, absent } = compareFigures(outcome, { studyId, runs: counts });
    check.problems.push(...[...problems, ...absent].map((problem) => `outcome.json: ${problem}`));
  } catch (error) {
    if (!(error instanceof OperationalError)) throw error;
    check.problems.push(error.message);
  }
}
