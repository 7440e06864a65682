import { ArtifactError } from '../core/errors.ts';
import { zipParts } from '../core/files/zip.ts';
import { weightsDigest } from '../runs/compare-weights.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { runArtifacts } from '../study/documents/run-document.ts';
import { studyArtifacts, StudyDocuments } from '../study/documents/study-documents.ts';
import { trainerFileName } from '../study/documents/trainer-files.ts';
import { datasetLabels } from '../study/plan.ts';
import { filesOf } from '../study/trainer-config.ts';
import { exportIndexName, isPredictions, isTrainerFile, readmeName, sha256, type ExportIndex } from './export-index.ts';
import { programVersion } from './program-version.ts';

/** Few runs at once, as each may have its weights in memory. */
const runsAtOnce = 8;

export interface ExportOptions {
  /** Whether the predictions of the runs are included, as they are by default; they take most of the bytes. */
  predictions?: boolean;
  /** Checksums of weights by run key, for runs whose weights are not in the store. */
  weights?: Readonly<Record<string, string>>;
  /** Called for the predictions of each run with their bytes. */
  onPredictions?: (bytes: number) => void;
  /** Called after each run with the number of runs read so far. */
  onProgress?: (runs: number, of: number) => void;
  signal?: AbortSignal;
}

/**
 * Exports a study as a ZIP archive that others can check: its documents, tables, statistics and report, the manifests of its datasets and
 * the records and predictions of its runs, under their names in an artifact store; checksums in place of weights, and no pixels. Equal
 * studies give equal bytes. Yields the parts of the archive; a file is in memory only while it is written.
 * @throws ArtifactError if the study has no report yet
 */
export function exportStudy(
  store: ArtifactStore,
  study: string,
  options: ExportOptions = {},
): AsyncGenerator<Uint8Array> {
  const index: ExportIndex = { format: 2, program: programVersion, study, files: {}, weights: {} };
  async function* files(): AsyncGenerator<[string, Uint8Array]> {
    for await (const [name, content] of studyFiles(store, study, options, index.weights)) {
      index.files[name] = sha256(content);
      yield [name, content];
    }
    yield [readmeName, Buffer.from(readme(study, Object.keys(index.files)))];
    yield [exportIndexName, Buffer.from(`${JSON.stringify(index, undefined, 2)}\n`)];
  }
  return zipParts(files());
}

/** Yields the files of a study in a fixed order, and adds the checksums of its weights to `weights`. */
async function* studyFiles(
  store: ArtifactStore,
  study: string,
  { onPredictions, onProgress, signal, weights: known = {}, predictions = true }: ExportOptions,
  weights: ExportIndex['weights'],
): AsyncGenerator<[string, Buffer]> {
  const names = studyArtifacts(study);
  const documents = new StudyDocuments(store, study);
  const config = await documents.config();
  const get = async (name: string): Promise<[string, Buffer]> => {
    const content = await store.get(name);
    if (content !== undefined) return [name, content];
    throw new ArtifactError(`The study ${study} cannot be exported yet`, [`${name} is not in ${store.location}`]);
  };
  const { config: configName, architectures, results, curves, correlations, analysis, report } = names;
  for (const name of [configName, architectures, results, curves, correlations, analysis, report])
    yield await get(name);
  for (const name of [names.extensions, names.outcomes, names.correlationsTable, names.outcome])
    if (await store.has(name)) yield await get(name);
  for (const prefix of [names.instructions, `studies/${study}/retries/`])
    for (const name of await store.list(prefix)) yield await get(name);

  for (const sha256 of new Set(config.trainer && filesOf(config.trainer).map((file) => file.sha256)))
    yield await get(trainerFileName(sha256));

  const runKeys = new Set<string>();
  const digests = new Set<string>();
  for (const label of datasetLabels(config)) {
    yield await get(names.dataset(label));
    digests.add((await documents.findDatasetDigest(label))!);
    for (const page of await store.list(names.plan(label))) yield await get(page);
    for (const { runKey } of await documents.plan(label)) runKeys.add(runKey);
  }
  for (const digest of digests) yield await get(`datasets/${digest}/dataset.json`);

  const keys = [...runKeys];
  for (let start = 0; start < keys.length; start += runsAtOnce) {
    signal?.throwIfAborted();
    const part = keys.slice(start, start + runsAtOnce);
    const contents = await Promise.all(part.map((runKey) => runFiles(store, runKey, predictions)));
    for (const [index, { files, weights: own }] of contents.entries()) {
      const digest = own ?? known[part[index]!];
      if (digest !== undefined) weights[part[index]!] = digest;
      for (const [name, content] of files) if (isPredictions(name)) onPredictions?.(content.length);
      yield* files;
    }
    onProgress?.(start + part.length, keys.length);
  }
}

/** Reads document, record and predictions of a run that has ended, and the checksum of its weights, if they were kept. */
async function runFiles(
  store: ArtifactStore,
  runKey: string,
  withPredictions: boolean,
): Promise<{ files: [string, Buffer][]; weights?: string | undefined }> {
  const names = runArtifacts(runKey);
  const record = await store.get(names.record);
  if (record === undefined) return { files: [] };
  const document = await store.get(names.document);
  const weights = await store.get(names.weights);
  const isNamed = (JSON.parse(record.toString()) as { predictions?: unknown }).predictions !== undefined;
  const predictions = withPredictions && isNamed ? await store.get(names.predictions) : undefined;
  return {
    files: [
      ...(document === undefined ? [] : [[names.document, document] as [string, Buffer]]),
      [names.record, record],
      ...(predictions === undefined ? [] : [[names.predictions, predictions] as [string, Buffer]]),
    ],
    weights: weights && weightsDigest(weights, names.weights),
  };
}

/** Returns the README of an export with these files, for those who unpack it. */
export const readme = (study: string, names: readonly string[]) => `The study ${study}, as beyond-imagenet exported it.

studies/${study}/report.html    the report; opens in a browser, offline
studies/${study}/results.csv    a row a run
studies/${study}/analysis.json  every statistic
studies/${study}/config.json    what determines the study
runs/*/record.json              what was trained, and with what result
${names.some(isPredictions) ? 'runs/*/predictions.parquet      what each network said of each test image\n' : ''}datasets/*/dataset.json         which images, and the checksums of the prepared ones
${names.some(isTrainerFile) ? 'trainer-files/*                 the files of the trainer by their SHA-256; config.json has their names\n' : ''}export.json                     checksums of all files, and of the weights, which are not here

\`npx beyond-imagenet verify FILE\` derives the architectures, the plan and every file again from the config and the records, and trains
a sample of the runs again. Unpacked into the folder of an artifact store, the study can be reported on and varied there.
`;
