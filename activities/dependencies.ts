import type { ArtifactStore } from '../store/artifact-store.ts';
import type { Device } from '../training/device.ts';
import type { Trainer } from '../runs/trainer.ts';

/** What a worker's activities work with. */
export interface ActivityDependencies {
  store: ArtifactStore;
  /** Folder of this machine for prepared datasets and the checkpoints of unfinished runs. */
  work: string;
  /** Folder with downloaded datasets. */
  dataRoot?: string | undefined;
  /** One for each training at a time. */
  devices: readonly Device[];
  trainer: Trainer;
}
