import type { Analysis } from '../analysis/index.ts';
import { knownParameterTitles } from '../analysis/parameters.ts';
import { analyzeInParallel } from '../analysis/parallel/analyze-in-parallel.ts';
import { ArtifactError } from '../core/errors.ts';
import { parseOutcomes, type ImageOutcomes } from '../results/image-outcomes.ts';
import { parseLargeCurves, type CurveRow } from '../results/curves-table.ts';
import { rowsByMetric, type MetricName } from '../results/metric.ts';
import { parseLargeResults, type ResultRow } from '../results/results-table.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { studyArtifacts, StudyDocuments } from '../study/documents/study-documents.ts';
import type { StudyConfig } from '../study/config.ts';
import { listedNumbers } from '../study/networks.ts';
import { studyMethods, type StudyMethods } from './study-methods.ts';
import type { StudyReportInput } from './study-report.ts';

/** The results of a study's runs, from its collected tables. */
export interface StudyResults {
  studyId: string;
  config: StudyConfig;
  /** In the order of the plan. */
  rows: ResultRow[];
  curves: CurveRow[];
  /** For the datasets on which a run has kept its predictions. */
  outcomes: ImageOutcomes[];
  /** Metric of the rows' errors; absent for top-1 errors. */
  metric?: MetricName;
}

/**
 * Reads the collected tables of a study.
 * @throws ArtifactError if nothing is collected yet, or a table is damaged
 */
export async function readStudyResults(store: ArtifactStore, studyId: string): Promise<StudyResults> {
  const names = studyArtifacts(studyId);
  const curves = await store.get(names.curves);
  const outcomes = await store.get(names.outcomes);
  return {
    studyId,
    ...(await readStudyRows(store, studyId)),
    curves: curves === undefined ? [] : await parseLargeCurves(curves, names.curves),
    outcomes: outcomes === undefined ? [] : parseOutcomes(outcomes.toString(), names.outcomes),
  };
}

/** The same without curves and outcomes of images, the largest parts. */
export async function readStudyRows(
  store: ArtifactStore,
  studyId: string,
): Promise<Pick<StudyResults, 'config' | 'rows'>> {
  const name = studyArtifacts(studyId).results;
  const content = await store.get(name);
  if (content === undefined)
    throw new ArtifactError(`The study ${studyId} has no results yet`, [`${name} is not in ${store.location}`]);
  const config = await new StudyDocuments(store, studyId).config();
  return { config, rows: await parseLargeResults(content, name) };
}

/**
 * Computes the statistics of a study on threads of their own.
 * @throws ArtifactError if no run of the reference dataset has given an error
 */
export function analyzeStudy(
  { studyId, config, rows, curves, outcomes }: StudyResults,
  signal?: AbortSignal,
): Promise<Analysis> {
  const { reference, analysis, seeds } = config;
  if (!rows.some(({ dataset, top1Error }) => dataset === reference && top1Error !== null))
    throw new ArtifactError(`The study ${studyId} cannot be analyzed yet`, [
      `no run on its reference ${reference} has given an error`,
    ]);
  const options = {
    reference,
    bootstrapResamples: analysis.bootstrapResamples,
    seed: seeds.analysis,
    parameters: [...parameterTitles(config, rows).keys()],
    covariates: listedNumbers(config),
    curves,
    outcomes,
  };
  return analyzeInParallel(rows, options, { signal });
}

/**
 * Returns the titles of the columns that describe networks: those that this program computes, and the numbers of a list, under their own
 * names.
 */
function parameterTitles(config: StudyConfig, rows: readonly ResultRow[]): Map<string, string> {
  const known = knownParameterTitles(rows);
  return new Map([...known, ...listedNumbers(config).map((name) => [name, known.get(name) ?? name] as const)]);
}

/**
 * Returns the results with the errors of a metric in place of top-1 errors. Curves of validation errors and outcomes of images, which are
 * about top-1 errors, are left out.
 * @throws ConfigError naming the runs whose metric is unknown
 */
export const resultsByMetric = (results: StudyResults, metric: MetricName): StudyResults =>
  metric === 'top1'
    ? results
    : { ...results, metric, rows: rowsByMetric(results.rows, metric), curves: [], outcomes: [] };

/** Returns the input of a study's report. */
export function reportInput(
  { studyId, config, rows, curves, metric }: StudyResults,
  analysis: Analysis,
  methods: StudyMethods,
): StudyReportInput {
  return {
    title: `${config.rehearsal === undefined ? 'Study' : 'Rehearsal of the study'} ${studyId}`,
    description: config.description,
    rows,
    curves,
    analysis,
    extremes: config.analysis.extremes,
    parameterTitles: parameterTitles(config, rows),
    methods,
    metric,
  };
}

/** The same with the methods read from the store. */
export async function readReportInput(
  store: ArtifactStore,
  results: StudyResults,
  analysis: Analysis,
): Promise<StudyReportInput> {
  return reportInput(results, analysis, await studyMethods(store, results.studyId, results.config, results.rows));
}
