import { architectureComplexity } from '../../lib/design-space/complexity.ts';
import { architectureSchema } from '../../lib/design-space/architecture.ts';
import { describeDevice, type Device } from '../../lib/training/device.ts';
import { TrainingFailure } from '../../lib/training/failures.ts';
import { measureSteps } from '../../lib/training/probes.ts';
import { precisionSchema } from '../../lib/training/protocol.ts';
import type { MeasuredSpeed, MeasuredSpeeds } from '../measured-speeds.ts';

/** A network of the size sampled in the paper, at 224 pixels: 0.35 GF. */
const network = {
  architecture: architectureSchema.parse({
    stem: 'simple_stem_in',
    stemWidth: 32,
    depths: [1, 3, 1, 4],
    widths: [144, 208, 16, 32],
    strides: [2, 2, 2, 2],
    bottleneckRatios: [4, 1, 1, 1],
    groupWidths: [1, 4, 16, 1],
  }),
  imageSize: 224,
  classes: 1000,
};

/**
 * Steps for a few seconds of work. A GPU gets batches as in a study; a CPU gets smaller ones, which fit into memory in all slots at once.
 */
const work = {
  gpu: { batchSize: 128, warmUp: 5, steps: 20 },
  cpu: { batchSize: 32, warmUp: 1, steps: 2 },
};

/** The speed at a precision, or the reason why it could not be measured. */
export type Throughput = { precision: MeasuredSpeed['precision'] } & (
  { speed: MeasuredSpeed } | { speed: undefined; reason: string }
);

/**
 * Measures how fast this machine trains at each precision, with all slots training at the same time.
 * @throws TrainingFailure if a slot fails, unless its device lacks the precision
 */
export async function* measureThroughput(
  devices: readonly Device[],
  signal?: AbortSignal,
  measure: typeof measureSteps = measureSteps,
): AsyncGenerator<Throughput> {
  const { acts } = architectureComplexity(network.architecture, { ...network, channels: 3 });
  for (const precision of precisionSchema.options)
    try {
      const rates = await Promise.all(
        devices.map((device) => measure({ ...network, ...work[device.kind], precision, device }, signal)),
      );
      const imagesPerSecond = rates.reduce((sum, rate) => sum + rate.imagesPerSecond, 0);
      yield { precision, speed: { precision, imagesPerSecond, activationsPerSecond: acts * imagesPerSecond } };
    } catch (error) {
      if (!(error instanceof TrainingFailure && error.kind === 'no-gpu')) throw error;
      yield { precision, speed: undefined, reason: error.message };
    }
}

/** Converts measurements to the form in which they are stored. */
export function measuredSpeeds(devices: readonly Device[], throughputs: readonly Throughput[]): MeasuredSpeeds {
  const counts = new Map<string, number>();
  for (const device of devices.map(describeDevice)) counts.set(device, (counts.get(device) ?? 0) + 1);
  return {
    format: 1,
    measuredAt: new Date().toISOString(),
    slots: [...counts].map(([device, count]) => `${count} x ${device}`).join(', '),
    speeds: throughputs.flatMap(({ speed }) => speed ?? []),
  };
}
