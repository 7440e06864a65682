import type { OperationalError } from '../core/errors.ts';
import type { Trainer } from '../runs/trainer.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import type { Device } from '../training/device.ts';
import type { AttemptOptions } from './attempts.ts';

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
  /** Told when this worker was given what it cannot do. */
  onUnsuitable?: (error: OperationalError) => void;
}

/** Of the light activities. */
export const light: AttemptOptions = { maximumAttempts: 5 };
