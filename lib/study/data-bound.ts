import type { DatasetCost } from './cost.ts';
import { readBytesPerSecond } from './preparation-cost.ts';

/** Prepared images of fewer bytes stay in memory after the first epoch, of the process or of the system. */
const residentBytes = 2 ** 31;

/**
 * How many GPUs one disk keeps busy that reads `readBytesPerSecond`, in the dataset that needs the most bytes per second: further GPUs on a
 * machine wait for images. Infinity if all datasets stay in memory, or if it is not known what the networks compute.
 * @param activationsPerSecond of one GPU
 */
export function gpusFedByOneDisk(
  datasets: readonly Pick<DatasetCost, 'size' | 'preparedBytes' | 'trainingImages' | 'forwardImages' | 'activations'>[],
  activationsPerSecond: number,
): number {
  const fed = datasets
    .filter(({ preparedBytes }) => preparedBytes > residentBytes)
    .map(({ size, preparedBytes, trainingImages, forwardImages, activations }) => {
      if (trainingImages === null || forwardImages === null || activations === null) return Infinity;
      const imageBytes = preparedBytes / (size.train + size.validation + size.test);
      const seconds = activations / activationsPerSecond;
      return readBytesPerSecond / (((trainingImages + forwardImages) * imageBytes) / seconds);
    });
  return Math.min(Infinity, ...fed);
}
