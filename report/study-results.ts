import type { Analysis } from '../analysis/index.ts';
import { knownParameterTitles } from '../analysis/parameters.ts';
import { analyzeInParallel } from '../analysis/parallel/analyze-in-parallel.ts';
import { contentHash } from '../core/canonical-json.ts';
import { ArtifactError } from '../core/errors.ts';
import { selectionLabel } from '../datasets/selection.ts';
import { parseCurves, type CurveRow } from '../results/curves-table.ts';
import { parseResults, type ResultRow } from '../results/results-table.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { studyArtifacts, StudyDocuments } from '../store/study-documents.ts';
import { protocolFor, type StudyConfig } from '../study/config.ts';
import type { TrainingProtocol } from '../training/protocol.ts';
import { studyReport } from './study-report.ts';

/** What the runs of a study have given, as its collected table tells. */
export interface StudyResults {
  studyId: string;
  config: StudyConfig;
  /** In the order of the plan. */
  rows: ResultRow[];
  /** Of the same runs. */
  curves: CurveRow[];
}

/**
 * Reads the collected table of a study.
 * @throws ArtifactError where nothing is collected yet, or the table is damaged
 */
export async function readStudyResults(store: ArtifactStore, studyId: string): Promise<StudyResults> {
  const { results: name, curves: curvesName } = studyArtifacts(studyId);
  const content = await store.get(name);
  if (content === undefined)
    throw new ArtifactError(`The study ${studyId} has no results yet`, [`${name} is not in ${store.location}`]);
  const config = await new StudyDocuments(store, studyId).config();
  const curves = await store.get(curvesName);
  return {
    studyId,
    config,
    rows: parseResults(content.toString(), name),
    curves: curves === undefined ? [] : parseCurves(curves.toString(), curvesName),
  };
}

/**
 * The statistics of a study, computed on threads of their own.
 * @throws ArtifactError where no run of the reference dataset has given an error
 */
export function analyzeStudy({ studyId, config, rows, curves }: StudyResults, signal?: AbortSignal): Promise<Analysis> {
  const { reference, analysis, seeds } = config;
  if (!rows.some(({ dataset, top1Error }) => dataset === reference && top1Error !== null))
    throw new ArtifactError(`The study ${studyId} cannot be analyzed yet`, [
      `no run on its reference ${reference} has given an error`,
    ]);
  const options = {
    reference,
    bootstrapResamples: analysis.bootstrapResamples,
    seed: seeds.analysis,
    parameters: [...knownParameterTitles(rows).keys()],
    curves,
  };
  return analyzeInParallel(rows, options, { signal });
}

/** The report of a study as HTML. */
export function reportOfStudy({ studyId, config, rows }: StudyResults, analysis: Analysis): Promise<string> {
  const seeds = Object.entries(config.seeds).map(([name, seed]) => `${name} ${seed}`);
  return studyReport({
    title: `${config.rehearsal === undefined ? 'Study' : 'Rehearsal of the study'} ${studyId}`,
    description: config.description,
    rows,
    analysis,
    extremes: config.analysis.extremes,
    bootstrapResamples: config.analysis.bootstrapResamples,
    facts: [
      ...(config.rehearsal === undefined
        ? []
        : ([['rehearsal', 'every number on this page is simulated: nothing was trained']] as const)),
      ['config', `${config.name}, SHA-256 ${contentHash(config).slice(0, 12)}`],
      ['protocol', protocolInWords(config)],
      ['seeds', seeds.join(', ')],
      ...versionsOf(rows),
    ],
    parameterTitles: knownParameterTitles(rows),
  });
}

/** What a reader asks for first of how networks were trained; the config says the rest. */
export function protocolInWords(config: StudyConfig): string {
  const words = ({ epochs, batchSize, optimizer, precision }: TrainingProtocol) =>
    `${epochs} epochs, batches of ${batchSize}, learning rate ${optimizer.learningRate}, ${precision}`;
  const others = config.datasets
    .map((selection) => ({ label: selectionLabel(selection), protocol: words(protocolFor(config, selection)) }))
    .filter(({ protocol }) => protocol !== words(config.protocol));
  return [words(config.protocol), ...others.map(({ label, protocol }) => `${label}: ${protocol}`)].join('; ');
}

/** Versions of the engine, TensorFlow, Node and devices, over all runs. */
function versionsOf(rows: readonly ResultRow[]): [name: string, versions: string][] {
  return ['engine', 'tensorflow', 'node', 'device'].map((name) => [
    name,
    [...new Set(rows.flatMap((row) => row[name] ?? []))].sort().join('; '),
  ]);
}
