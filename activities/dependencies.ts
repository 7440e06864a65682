import type { OperationalError } from '../core/errors.ts';
import type { Trainer } from '../runs/trainer.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import type { Device } from '../training/device.ts';
import type { AttemptOptions } from './attempts.ts';

/** The resources that a worker's activities use. */
export interface ActivityDependencies {
  store: ArtifactStore;
  /** Folder of this machine for prepared datasets and the checkpoints of unfinished runs. */
  work: string;
  /** Folder with downloaded datasets. */
  dataRoot?: string | undefined;
  /** One device for each concurrent training. */
  devices: readonly Device[];
  trainer: Trainer;
  /** Called when this worker was given work that it cannot do. */
  onUnsuitable?: (error: OperationalError) => void;
}

/** Options of the light activities. */
export const light: AttemptOptions = { maximumAttempts: 5 };
