import type { DatasetManifest } from '../datasets/manifest.ts';
import { architectureComplexity } from '../design-space/complexity.ts';
import type { Hyperparameters } from './event-messages.ts';
import type { RunningTask } from './running-task.ts';

/** Returns what distinguishes a run from others of its study, as columns of TensorBoard's table of hyperparameters. */
export function hyperparametersOf(
  { architecture, protocol, seed }: RunningTask,
  { label, imageSize, channels, classes }: DatasetManifest,
): Hyperparameters {
  const { epochs, batchSize, optimizer, labelSmoothing, precision } = protocol;
  const { depths, widths, bottleneckRatios, groupWidths } = architecture;
  const network = { imageSize: protocol.imageSize ?? imageSize, channels, classes: classes.length };
  const { flops, params, acts } = architectureComplexity(architecture, network);
  return {
    ...{ dataset: label, seed, flops, params, acts },
    ...{ depths: depths.join(), widths: widths.join() },
    ...{ bottleneckRatios: bottleneckRatios.join(), groupWidths: groupWidths.join() },
    ...{ epochs, batchSize, learningRate: optimizer.learningRate, weightDecay: optimizer.weightDecay },
    ...{ labelSmoothing, precision, imageSize: network.imageSize },
  };
}
