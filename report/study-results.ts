import type { Analysis } from '../analysis/analyze.ts';
import { knownParameterTitles } from '../analysis/parameters.ts';
import { architectureSchema, type Architecture } from '../design-space/architecture.ts';
import { structureParametersOf } from '../design-space/structure-parameters.ts';
import { studyReport } from './study-report.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { rowsOfRecords, type ResultRow } from '../results/results-table.ts';
import type { RunRecord } from '../store/run-record.ts';
import { readRunRecord } from '../store/run-records.ts';
import { contentHash } from '../core/canonical-json.ts';
import { ConfigError } from '../core/errors.ts';
import { protocolFor, type StudyConfig } from '../study/config.ts';
import { selectionLabel } from '../datasets/selection.ts';
import { datasetLabels } from '../study/plan.ts';
import type { TrainingProtocol } from '../training/protocol.ts';
import { StudyDocuments } from '../store/study-documents.ts';
import { analyzeInChild } from '../analysis/parallel/in-child.ts';

/** The runs of a study that have ended so far. */
export interface StudyResults {
  study: string;
  config: StudyConfig;
  /** In the order of the plan. */
  rows: ResultRow[];
  /** Structure parameters among the columns, by column. */
  parameterTitles: ReadonlyMap<string, string>;
  /** Of the engine, TensorFlow, Node and devices, over all runs. */
  versions: ReadonlyMap<string, string>;
}

/** Collects the runs of a study that have ended so far. */
export async function collectStudyResults(store: ArtifactStore, study: string): Promise<StudyResults> {
  const documents = new StudyDocuments(store, study);
  const config = await documents.config();
  const records: RunRecord[] = [];
  for (const dataset of datasetLabels(config))
    for (const { runKey, architecture } of (await documents.findPlan(dataset)) ?? []) {
      const record = await readRunRecord(store, runKey);
      // A run may have been recorded by another study, under other names: here it counts under this study's.
      if (record !== undefined) records.push({ ...record, study, dataset, architectureName: architecture });
    }
  const rows = resultRows(records);
  return { study, config, rows, parameterTitles: knownParameterTitles(rows), versions: versionsOf(records) };
}

/**
 * The statistics of a study, computed in a process of their own.
 * @throws ConfigError where no run of the reference dataset has given an error
 */
export function analyzeStudy(
  { study, config, rows, parameterTitles }: StudyResults,
  signal?: AbortSignal,
): Promise<Analysis> {
  const { reference, analysis, seeds } = config;
  if (!rows.some(({ dataset, top1Error }) => dataset === reference && top1Error !== null))
    throw new ConfigError(`The study ${study} cannot be analyzed yet`, [
      `no run on its reference ${reference} has given an error`,
    ]);
  const options = {
    reference,
    bootstrapResamples: analysis.bootstrapResamples,
    seed: seeds.analysis,
    parameters: [...parameterTitles.keys()],
  };
  return analyzeInChild({ rows, options }, signal);
}

/** The report of a study as HTML. */
export function reportOfStudy(
  { study, config, rows, parameterTitles, versions }: StudyResults,
  analysis: Analysis,
): Promise<string> {
  const seeds = Object.entries(config.seeds).map(([name, seed]) => `${name} ${seed}`);
  return studyReport({
    title: `Study ${study}`,
    description: config.description,
    rows,
    analysis,
    extremes: config.analysis.extremes,
    bootstrapResamples: config.analysis.bootstrapResamples,
    facts: [
      ['config', `${config.name}, SHA-256 ${contentHash(config).slice(0, 12)}`],
      ['protocol', protocolInWords(config)],
      ['seeds', seeds.join(', ')],
      ...versions,
    ],
    parameterTitles,
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

/** A row a run; networks of fewer stages than others have the columns of all. */
function resultRows(records: readonly RunRecord[]): ResultRow[] {
  const architectures = new Map(records.map((record) => [record, architectureSchema.parse(record.architecture)]));
  const stages = Math.max(0, ...[...architectures.values()].map(({ depths }) => depths.length));
  return rowsOfRecords(records, (record) => structureParametersOf(architectures.get(record) as Architecture, stages));
}

function versionsOf(records: readonly RunRecord[]): Map<string, string> {
  const names = [...new Set(records.flatMap(({ versions }) => Object.keys(versions)))];
  return new Map(
    names.map((name) => [
      name,
      [...new Set(records.flatMap(({ versions }) => versions[name] ?? []))].sort().join('; '),
    ]),
  );
}
