import { join } from 'node:path';
import type { PreparedDataset } from '../datasets/manifest.ts';
import { layersOf, type Layer } from '../design-space/layers.ts';
import type { TrainingTask } from './child/messages.ts';
import type { RunningProtocol } from './protocol.ts';
import type { DatasetDescription } from './session.ts';

/** A task on its device. */
export type RunningTask = Omit<TrainingTask, 'protocol'> & { protocol: RunningProtocol };

/** Returns the facts about a dataset that a session needs. */
export function describeDataset({ manifest }: PreparedDataset): DatasetDescription {
  const { imageSize, fit, channels, normalization, pca, classes } = manifest;
  return { imageSize, fit, channels, normalization, pca, classes: classes.length };
}

/** Returns the layers of a task's network on its dataset. */
export function taskLayers({ architecture, protocol }: RunningTask, dataset: DatasetDescription): Layer[] {
  return layersOf(architecture, { ...dataset, imageSize: protocol.imageSize ?? dataset.imageSize });
}

/** Returns the path for the predictions of a task's test images; null if it writes none. */
export const predictionsFileOf = ({
  predictions,
  workDirectory,
}: Pick<RunningTask, 'predictions' | 'workDirectory'>): string | null =>
  predictions === true ? join(workDirectory, 'predictions.parquet') : null;
