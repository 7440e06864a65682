import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { writeFileAtomically } from '../core/files/atomic-write.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { isCheckpoint } from '../training/checkpoints.ts';
import { readState } from '../training/state-file.ts';
import {
  byName,
  checkpointNames,
  isPacked,
  packCheckpoint,
  packedName,
  unpackCheckpoint,
} from '../training/command/checkpoint-folders.ts';

/** The form of a trainer's checkpoints in a run's folder on this machine, and as files in a store. */
export interface CheckpointForm {
  /** Whether a file in the store has the name of a checkpoint. */
  isFile: (name: string) => boolean;
  /** Orders the files by the run's progress. */
  compare: (a: string, b: string) => number;
  /** Lists the store's names for the checkpoints in a run's folder. */
  inFolder: (folder: string) => Promise<string[]>;
  /** Whether a run can continue from a checkpoint in its folder, given by its name in the store; true if only its trainer can tell. */
  isUsable: (folder: string, name: string, runKey: string) => Promise<boolean>;
  /** Works with a checkpoint as a file, at a path whose last part is its name in the store. */
  withFile: (checkpoint: string, work: (path: string) => Promise<void>) => Promise<void>;
  /** Copies a checkpoint from the store into the folder of its run. */
  fetch: (store: ArtifactStore, artifact: string, folder: string) => Promise<void>;
}

/** Checkpoints of this program's engine: state files, whose names sort by the run's progress. */
export const stateFiles: CheckpointForm = {
  isFile: isCheckpoint,
  compare: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
  inFolder: async (folder) => {
    try {
      return (await readdir(join(folder, 'checkpoints'))).filter(isCheckpoint);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  },
  isUsable: async (folder, name, runKey) => {
    try {
      return (await readState(join(folder, 'checkpoints', name))).runKey === runKey;
    } catch {
      return false;
    }
  },
  withFile: (checkpoint, work) => work(checkpoint),
  fetch: async (store, artifact, folder) => {
    const content = await store.get(artifact);
    if (content !== undefined) await writeFileAtomically(join(folder, 'checkpoints', basename(artifact)), content);
  },
};

/** Checkpoints of command trainers: folders, each packed into one file. */
export const packedFolders: CheckpointForm = {
  isFile: isPacked,
  compare: byName,
  inFolder: async (folder) => (await checkpointNames(folder)).map(packedName),
  isUsable: () => Promise.resolve(true),
  withFile: async (checkpoint, work) => {
    const path = await packCheckpoint(checkpoint);
    try {
      await work(path);
    } finally {
      await rm(path, { force: true });
    }
  },
  fetch: (store, artifact, folder) => store.withFile(artifact, (packed) => unpackCheckpoint(folder, packed)),
};
