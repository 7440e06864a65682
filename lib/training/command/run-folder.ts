import { lstat, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../core/files/atomic-write.ts';
import { makeFolder } from '../../core/files/make-folder.ts';
import { parseJson } from '../../core/json.ts';
import type { BySplit } from '../../datasets/manifest.ts';
import type { Device } from '../device.ts';
import type { RecordedEpoch } from '../metrics.ts';
import { formatEpoch, parseMetricsLine } from './metrics-line.ts';
import { NotAFile, readUntrusted } from './untrusted-file.ts';

/** One run, in the form that a command trainer receives. */
export interface CommandTask {
  runKey: string;
  seed: number;
  /** The network: a display name, and any JSON that the trainer understands. */
  architecture: { name: string; spec: unknown };
  /** The training settings: any JSON that the trainer understands. */
  settings: unknown;
  dataset: {
    label: string;
    /** Name of the dataset that it is selected from. */
    title: string;
    digest: string;
    classes: readonly string[];
    channels: number;
    imageSize: number;
    images: BySplit<number>;
    /** Folder of the prepared dataset. */
    path: string;
  };
  /** Whether predictions of the test images are wanted. */
  predictions: boolean;
  /** Whether TensorBoard event files are written. */
  tensorBoard: boolean;
  device: Device;
  /** Folder of the run on this machine, which survives attempts. */
  workDirectory: string;
}

/** Returns the folder that a trainer is shown, inside the run's own folder. */
export const runFolderOf = (work: string): string => join(work, 'run');

/** Maximum bytes read of a document that a trainer may have changed. */
const largestDocument = 2 ** 24;

/** Files of the previous attempt, which are removed before the next one. */
const ofOneAttempt = [
  'metrics.jsonl',
  'stop',
  'alive',
  'result.json',
  'failure',
  'predictions.csv',
  'predictions.parquet',
];

/** Curve of a run up to its newest checkpoint or further, beside the folder that the trainer is shown. */
export const curveFile = 'curve.jsonl';

/**
 * Writes run.json for the next attempt at a run, and removes the files of the previous one.
 * @param resume name of the checkpoint to continue from
 * @returns the number of the attempt on this machine, counted from 1
 */
export async function beginAttempt(task: CommandTask, resume: string | undefined): Promise<number> {
  const { runKey, seed, architecture, settings, dataset, predictions, device, workDirectory } = task;
  const folder = runFolderOf(workDirectory);
  await makeFolder(folder);
  for (const name of ofOneAttempt) await rm(join(folder, name), { recursive: true, force: true });
  const attempt = 1 + (await attemptsSoFar(workDirectory));
  const document = {
    ...{ format: 1, runKey, attempt, seed, architecture, settings, dataset, predictions, device },
    resume: resume === undefined ? null : `checkpoints/${resume}`,
  };
  const path = join(folder, 'run.json');
  // A folder of this name could not be replaced by a file.
  if ((await lstat(path).catch(() => undefined))?.isDirectory()) await rm(path, { recursive: true });
  await writeFileAtomically(path, `${JSON.stringify(document, undefined, 2)}\n`);
  return attempt;
}

/** Returns the number of earlier attempts at a run on this machine; 0 if the trainer has overwritten the file that records it. */
export async function attemptsSoFar(workDirectory: string): Promise<number> {
  try {
    const content = await readUntrusted(join(runFolderOf(workDirectory), 'run.json'), largestDocument);
    const document = content === undefined ? undefined : parseJson(content.bytes.toString());
    const attempt = (document as { attempt?: unknown } | null | undefined)?.attempt;
    return Number.isSafeInteger(attempt) && (attempt as number) > 0 ? (attempt as number) : 0;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof NotAFile) return 0;
    throw error;
  }
}

/** Asks the trainer to end after its epoch. */
export async function askToStop(workDirectory: string): Promise<void> {
  await writeFileAtomically(join(runFolderOf(workDirectory), 'stop'), '');
}

/** Keeps the curve of a run for later attempts. */
export async function writeCurve(workDirectory: string, curve: readonly RecordedEpoch[]): Promise<void> {
  await writeFileAtomically(join(workDirectory, curveFile), curve.map((epoch) => `${formatEpoch(epoch)}\n`).join(''));
}

/** Reads the curve that earlier attempts kept. */
export async function readCurve(workDirectory: string): Promise<RecordedEpoch[]> {
  try {
    const lines = (await readFile(join(workDirectory, curveFile), 'utf8')).split('\n').filter((line) => line !== '');
    return lines.map((line) => parseMetricsLine(line, () => undefined).epoch);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
