import type { DatasetCost } from './cost.ts';
import { readBytesPerSecond } from './preparation-cost.ts';

/** Bytes of prepared images that stay in memory after the first epoch, of the process or of the system, on any machine that trains. */
const residentBytes = 2 ** 31;

/**
 * How many GPUs one disk keeps busy that reads `readBytesPerSecond`, in the dataset that needs the most bytes per second: further GPUs on a
 * machine wait for images. Infinity if all datasets stay in memory, or if it is not known what the networks compute.
 * All processes of a machine read the same files, so that what one of them has read is in memory for the others, too.
 * @param activationsPerSecond of one GPU
 * @param memoryBytes what the system can keep of these files in memory
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
