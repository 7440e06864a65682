import { join } from 'node:path';
import { writeFileAtomically } from '../core/files/atomic-write.ts';
import type { DatasetManifest } from '../datasets/manifest.ts';
import { layersOf } from '../design-space/layers.ts';
import { isListed } from '../design-space/study-network.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { runArtifacts } from '../study/documents/run-document.ts';
import { readRunRecord, type RunRecord } from '../study/documents/run-record.ts';
import { StudyDocuments } from '../study/documents/study-documents.ts';
import { datasetLabels } from '../study/plan.ts';
import { isSettings } from '../study/trainer-config.ts';
import { isSafetensors, safetensorsOf } from '../training/safetensors.ts';
import { isState, parseState } from '../training/state-file.ts';

/** The kinds of files of a run that can be downloaded. */
export const downloads = ['weights', 'predictions', 'events', 'model'] as const;
export type Download = (typeof downloads)[number];

export interface DownloadOptions {
  /** Folder to write to, with a folder for each run, e.g. `arch-004 on mnist, seed 0`, which is also the run's name in TensorBoard. */
  out: string;
  kinds: readonly Download[];
  /** Only runs of this network, or on this dataset. */
  architecture?: string | undefined;
  dataset?: string | undefined;
  signal?: AbortSignal | undefined;
  onRun?: (name: string) => void;
}

/** Number of finished runs, and of those that have left each kind of file. */
export interface Downloaded {
  runs: number;
  found: Record<Download, number>;
}

/**
 * Writes the files that the finished runs of a study have left, under readable names: weights as safetensors (a command trainer's are left
 * as they are, named weights.bin if they are something else), predictions, event files, SavedModels. Files of the same names are replaced.
 * @throws ArtifactError if a document or weights are damaged
 */
export async function downloadRuns(
  store: ArtifactStore,
  studyId: string,
  options: DownloadOptions,
): Promise<Downloaded> {
  const documents = new StudyDocuments(store, studyId);
  const found: Record<Download, number> = { weights: 0, predictions: 0, events: 0, model: 0 };
  let runs = 0;
  for (const label of datasetLabels(await documents.config())) {
    if (options.dataset !== undefined && label !== options.dataset) continue;
    for (const { runKey, architectureName } of await documents.plan(label)) {
      options.signal?.throwIfAborted();
      if (options.architecture !== undefined && architectureName !== options.architecture) continue;
      const record = await readRunRecord(store, runKey);
      if (record?.outcome !== 'finished') continue;
      runs++;
      const name = `${architectureName} on ${label}, seed ${record.seed}`;
      options.onRun?.(name);
      const manifest = await documents.dataset(label);
      const folder = join(options.out, ...folderNames(name));
      for (const kind of options.kinds)
        if (await writers[kind](store, { record, manifest, folder, name })) found[kind]++;
    }
  }
  return { runs, found };
}

/**
 * Splits a run's name into names of folders, none of which leads elsewhere; a label may have several parts. Different names stay different:
 * characters that file names should not have are written as in URLs, e.g. `%3A`, and an empty part as `%`.
 */
export const folderNames = (name: string): string[] =>
  name.split('/').map((part) => {
    if (part === '') return '%';
    // eslint-disable-next-line no-control-regex
    return part.replace(/[\u0000-\u001f\\:*?"<>|%]|^\.(?=\.?$)/g, escaped);
  });

const escaped = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

interface Run {
  record: RunRecord;
  manifest: DatasetManifest;
  folder: string;
  name: string;
}

/** Functions that write one kind of file of a run, and return whether it has left any. */
const writers: Record<Download, (store: ArtifactStore, run: Run) => Promise<boolean>> = {
  weights: async (store, run) => {
    const path = runArtifacts(run.record.runKey).weights;
    const content = await store.get(path);
    if (content === undefined) return false;
    const tensors = safetensors(content, path, run) ?? content;
    await writeFileAtomically(
      join(run.folder, isSafetensors(tensors) ? 'weights.safetensors' : 'weights.bin'),
      tensors,
    );
    return true;
  },
  predictions: async (store, { record, folder }) => {
    const content = await store.get(runArtifacts(record.runKey).predictions);
    if (content !== undefined) await writeFileAtomically(join(folder, 'predictions.parquet'), content);
    return content !== undefined;
  },
  events: (store, { record, folder }) => copyFolder(store, runArtifacts(record.runKey).events, folder),
  model: (store, { record, folder }) => copyFolder(store, runArtifacts(record.runKey).model, join(folder, 'model')),
};

/** Returns the weights of this program's engine as safetensors; undefined for those of other engines. */
function safetensors(content: Buffer, path: string, { record, manifest, name }: Run): Buffer | undefined {
  const { architecture, protocol, runKey, test } = record;
  if (isListed(architecture) || isSettings(protocol) || !isState(content)) return undefined;
  const { channels, classes, normalization } = manifest;
  const imageSize = protocol.imageSize ?? manifest.imageSize;
  const layers = layersOf(architecture, { imageSize, channels, classes: classes.length });
  return safetensorsOf(layers, parseState(content, path).state, {
    ...{ format: 'pt', name, runKey },
    ...{ architecture: JSON.stringify(architecture), classes: JSON.stringify(classes), imageSize: String(imageSize) },
    ...{ normalization: JSON.stringify(normalization), batchNormEpsilon: String(protocol.batchNorm.epsilon) },
    top1Error: String(test?.top1Error),
  });
}

async function copyFolder(store: ArtifactStore, prefix: string, folder: string): Promise<boolean> {
  const names = await store.list(`${prefix}/`);
  for (const name of names)
    await writeFileAtomically(join(folder, name.slice(prefix.length + 1)), (await store.get(name))!);
  return names.length > 0;
}
