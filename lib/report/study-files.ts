import { isDeepStrictEqual } from 'node:util';
import type { Analysis } from '../analysis/index.ts';
import { csvOf } from '../results/flat-rows.ts';
import { formatOutcomes } from '../results/image-outcomes.ts';
import type { MetricName } from '../results/metric.ts';
import { studyTables, type FindRecord } from '../results/collect-results.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { studyArtifacts, StudyDocuments } from '../study/documents/study-documents.ts';
import type { StudyOutcome } from '../study/outcome.ts';
import { analysisTables } from './analysis-tables.ts';
import { forSpreadsheets } from './spreadsheet-text.ts';
import { analysisDocument } from './stored-analysis.ts';
import { studyReport } from './study-report.ts';
import {
  analyzeStudy,
  readReportInput,
  readStudyResults,
  resultsByMetric,
  type StudyResults,
} from './study-results.ts';
import type { StudyReportInput } from './study-report.ts';

/** Contents of files by their names in a store. */
export type Files = ReadonlyMap<string, string>;

/*
 * All that a study's records determine, in the order in which one follows from the other. Writing and checking these files use the same
 * functions.
 */

/**
 * Builds `results.csv`, `curves.csv` and, if a run has kept its predictions, `outcomes.json`, from the records of the runs that have ended
 * so far.
 */
export async function tableFiles(
  store: ArtifactStore,
  studyId: string,
  options: { signal?: AbortSignal | undefined; findRecord?: FindRecord | undefined } = {},
): Promise<{ runs: number; counts: StudyOutcome['runs']; files: Files }> {
  const names = studyArtifacts(studyId);
  const { runs, counts, results, curves, outcomes } = await studyTables(store, studyId, options);
  return {
    runs,
    counts,
    files: new Map([
      [names.results, results],
      [names.curves, curves],
      ...(outcomes.length === 0 ? [] : [[names.outcomes, formatOutcomes(outcomes)] as const]),
    ]),
  };
}

/** Builds `analysis.json`, `correlations.json` and `correlations.csv` from an analysis. */
export function analysisFiles(studyId: string, analysis: Analysis): Files {
  const names = studyArtifacts(studyId);
  return new Map([
    [names.analysis, `${JSON.stringify(analysisDocument(analysis))}\n`],
    [names.correlations, `${JSON.stringify(analysis.correlations, undefined, 2)}\n`],
    [names.correlationsTable, csvOf(forSpreadsheets(analysisTables(analysis).get('correlations')!()))],
  ]);
}

/** Builds `report.html` from the tables and the analysis of a study. */
export async function reportFiles(
  store: ArtifactStore,
  results: StudyResults,
  analysis: Analysis,
): Promise<ReportedStudy> {
  const input = await readReportInput(store, results, analysis);
  return { input, files: new Map([[studyArtifacts(results.studyId).report, await studyReport(input)]]) };
}

/**
 * Writes these tables, and deletes an earlier `outcomes.json` if there are no outcomes any more. If the study has ended, the counts in its
 * outcome are updated from its records, which another study may have changed since: a run that failed here may have finished there.
 * @returns the number of runs
 */
export async function writeTables(store: ArtifactStore, studyId: string, signal?: AbortSignal): Promise<number> {
  const { runs, counts, files } = await tableFiles(store, studyId, { signal });
  const documents = new StudyDocuments(store, studyId);
  const outcome = await documents.findOutcome();
  // A missing record is no reason to forget that there was one.
  const isOld = outcome !== undefined && !isDeepStrictEqual(outcome.runs, counts);
  if (isOld && isDeepStrictEqual(totals(outcome.runs), totals(counts)))
    await documents.writeOutcome({ studyId, runs: counts });
  const { outcomes } = studyArtifacts(studyId);
  if (!files.has(outcomes)) await store.delete(outcomes);
  await putFiles(store, files);
  return runs;
}

/** Number of runs on each dataset. */
const totals = (runs: StudyOutcome['runs']) =>
  new Map(Object.entries(runs).map(([dataset, counts]) => [dataset, Object.values(counts).reduce((a, b) => a + b)]));

/** Puts files into a store. */
export async function putFiles(store: ArtifactStore, files: Files): Promise<void> {
  for (const [name, content] of files) await store.put(name, content);
}

/** Files of a study, and the input of its report. */
export interface ReportedStudy {
  input: StudyReportInput;
  files: Files;
}

/**
 * Returns the analysis and the report of a study by a metric other than top-1 errors, from its collected tables. They are not files of the
 * study.
 * @throws ConfigError naming the runs whose metric is unknown
 */
export async function filesByMetric(store: ArtifactStore, studyId: string, metric: MetricName): Promise<ReportedStudy> {
  const results = resultsByMetric(await readStudyResults(store, studyId), metric);
  const analysis = await analyzeStudy(results);
  const { input, files } = await reportFiles(store, results, analysis);
  return { input, files: new Map([...analysisFiles(studyId, analysis), ...files]) };
}

/** Writes the tables, the analysis and the report of a study from the records of the runs that have ended so far. */
export async function writeStudyFiles(store: ArtifactStore, studyId: string): Promise<ReportedStudy> {
  await writeTables(store, studyId);
  const results = await readStudyResults(store, studyId);
  const analysis = await analyzeStudy(results);
  const { input, files: report } = await reportFiles(store, results, analysis);
  const files = new Map([...analysisFiles(studyId, analysis), ...report]);
  await putFiles(store, files);
  return { input, files };
}
