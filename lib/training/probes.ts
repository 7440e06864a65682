import { carryOut } from './carry-out.ts';
import type { GoldenDifferences, StepsTask } from './child/messages.ts';
import type { Device } from './device.ts';

export type { GoldenDifferences, StepsTask } from './child/messages.ts';

/**
 * Runs golden cases on a device, in a separate process.
 * @throws TrainingFailure if the process ends without a result
 */
export function compareWithGolden(
  device: Device,
  goldenCases: unknown,
  signal?: AbortSignal,
): Promise<{ differences: GoldenDifferences[]; versions: Record<string, string> }> {
  return carryOut({ kind: 'compare', device, goldenCases }, 'compared', { signal });
}

/**
 * Measures how fast a network trains on a device, in a separate process.
 * @throws TrainingFailure if the process ends without a result
 */
export function measureSteps(
  task: StepsTask,
  signal?: AbortSignal,
): Promise<{ imagesPerSecond: number; versions: Record<string, string> }> {
  return carryOut({ kind: 'measure', task }, 'measured', { signal });
}
