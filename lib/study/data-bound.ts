import type { DatasetCost } from './cost.ts';
import { readBytesPerSecond } from './preparation-cost.ts';

/** Bytes of prepared images that any training machine keeps in memory (of the process or the system) after the first epoch. */
const residentBytes = 2 ** 31;

/**
 * Returns the number of GPUs that one disk with `readBytesPerSecond` keeps busy on the dataset that needs the most bytes per second;
 * further GPUs of a machine wait for images. Infinity if all datasets stay in memory, or if the computations of the networks are unknown.
 * All processes of a machine read the same files, so a file that one of them has read is in memory for the others, too.
 * @param activationsPerSecond speed of one GPU
 * @param memoryBytes of these files that the system can keep in memory
 */
export function gpusFedByOneDisk(
  datasets: readonly Pick<DatasetCost, 'size' | 'preparedBytes' | 'trainingImages' | 'forwardImages' | 'activations'>[],
  activationsPerSecond: number,
  memoryBytes = residentBytes,
): number {
  const fed = datasets
    .filter(({ preparedBytes }) => preparedBytes > Math.max(residentBytes, memoryBytes))
    .map(({ size, preparedBytes, trainingImages, forwardImages, activations }) => {
      if (trainingImages === null || forwardImages === null || activations === null) return Infinity;
      const imageBytes = preparedBytes / (size.train + size.validation + size.test);
      const seconds = activations / activationsPerSecond;
      return readBytesPerSecond / (((trainingImages + forwardImages) * imageBytes) / seconds);
    });
  return Math.min(Infinity, ...fed);
}
