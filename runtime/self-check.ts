import { UnsuitableWorkerError } from '../core/errors.ts';
import type { Device } from '../training/device.ts';
import { differentDevices } from './doctor/devices.ts';
import { checkGoldenNetwork } from './doctor/golden-network.ts';
import { checkProcessors } from './doctor/processors.ts';

/**
 * What a worker makes sure of before it takes trainings, in seconds: that its devices are there, and that each trains the golden
 * network to PyTorch's numbers.
 * @throws UnsuitableWorkerError with what is wrong and what mends it
 */
export async function checkTrainer(devices: readonly Device[], signal?: AbortSignal): Promise<void> {
  const processors = checkProcessors(devices);
  const findings = processors.some(({ status }) => status === 'failure')
    ? processors
    : await Promise.all(differentDevices(devices).map((device) => checkGoldenNetwork(device, 1, signal)));
  const problems = findings.filter(({ status }) => status === 'failure');
  if (problems.length > 0)
    throw new UnsuitableWorkerError(
      `This worker takes no trainings:\n${problems.map(({ name, detail, remedy }) => `  ${name}: ${detail}\n    ${remedy}`).join('\n')}`,
    );
}
