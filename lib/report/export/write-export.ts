import { concurrently } from '../../core/concurrently.ts';
import { ArtifactError } from '../../core/errors.ts';
import { zipOf } from '../../core/files/zip.ts';
import type { ArtifactStore } from '../../store/artifact-store.ts';
import { runArtifacts } from '../../study/documents/run-document.ts';
import { studyArtifacts, StudyDocuments } from '../../study/documents/study-documents.ts';
import { datasetLabels } from '../../study/plan.ts';
import { exportIndexName, sha256, type ExportIndex } from './export-index.ts';

/** Few, as each may have its weights in memory. */
const runsAtOnce = 8;

export interface ExportOptions {
  /** Digest of trained weights by the content of their file and its name. */
  weightsDigest: (content: Buffer, name: string) => string;
  /** Called after each run with those that are read so far. */
  onProgress?: (runs: number, of: number) => void;
}

/**
 * A study as one ZIP archive that others can check: its documents, tables, statistics and report, the manifests of its datasets and
 * the records of its runs, under the names that they have in an artifact store; no pixels and no weights, of which it has the
 * checksums. Equal studies give equal bytes.
 * @throws ArtifactError where the study has no report yet
 */
export async function exportStudy(
  store: ArtifactStore,
  study: string,
  { weightsDigest, onProgress }: ExportOptions,
): Promise<Buffer> {
  const names = studyArtifacts(study);
  const documents = new StudyDocuments(store, study);
  const config = await documents.config();
  const files = new Map<string, Buffer>();
  const add = async (name: string, isNeeded = false) => {
    const content = await store.get(name);
    if (content !== undefined) files.set(name, content);
    else if (isNeeded)
      throw new ArtifactError(`The study ${study} cannot be exported yet`, [`${name} is not in ${store.location}`]);
  };
  for (const name of [
    names.config,
    names.architectures,
    names.results,
    names.curves,
    names.correlations,
    names.analysis,
    names.report,
  ])
    await add(name, true);
  // What operators extended is part of the config.
  for (const name of await store.list(names.instructions)) await add(name);
  for (const name of [names.extensions, names.correlationsTable, names.outcome]) await add(name);

  const runKeys = new Set<string>();
  for (const label of datasetLabels(config)) {
    await add(names.dataset(label), true);
    await add(`datasets/${await documents.findDatasetDigest(label)}/dataset.json`, true);
    for (const page of await store.list(names.plan(label))) await add(page);
    for (const { runKey } of await documents.plan(label)) runKeys.add(runKey);
  }
  const weights: ExportIndex['weights'] = {};
  let read = 0;
  const contents = await concurrently([...runKeys], runsAtOnce, async (runKey) => {
    const { document, record, weights: weightsName } = runArtifacts(runKey);
    const found: (readonly [string, Buffer | undefined])[] = [];
    if (await store.has(record)) {
      for (const name of [document, record]) found.push([name, await store.get(name)]);
      const content = await store.get(weightsName);
      if (content !== undefined) weights[runKey] = weightsDigest(content, weightsName);
    }
    onProgress?.(++read, runKeys.size);
    return found;
  });
  // In the order of the plan, whatever was read first.
  for (const [name, content] of contents.flat()) if (content !== undefined) files.set(name, content);
  const index: ExportIndex = {
    format: 1,
    study,
    files: Object.fromEntries([...files].map(([name, content]) => [name, sha256(content)])),
    weights: Object.fromEntries(
      [...runKeys].flatMap((key) => (weights[key] === undefined ? [] : [[key, weights[key]]])),
    ),
  };
  return zipOf(
    new Map<string, Uint8Array>([
      [exportIndexName, Buffer.from(`${JSON.stringify(index, undefined, 2)}\n`)],
      ['README.txt', Buffer.from(readme(study))],
      ...files,
    ]),
  );
}

const readme = (study: string) => `The study ${study}, as beyond-imagenet exported it.

studies/${study}/report.html    the report; opens in a browser, offline
studies/${study}/results.csv    a row a run
studies/${study}/analysis.json  every statistic
studies/${study}/config.json    what determines the study
runs/*/record.json              what was trained, and what came of it
datasets/*/dataset.json         which images, and the checksums of the prepared ones
export.json                     checksums of all files, and of the weights, which are not here

\`npx beyond-imagenet verify FILE\` checks the checksums, computes every statistic again from the records, and trains a sample of the
runs anew. Unpacked into the folder of an artifact store, the study can be reported on and varied there.
`;
