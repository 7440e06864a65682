import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { contentHash } from '../lib/core/canonical-json.ts';
import { UnsuitableWorkerError } from '../lib/core/errors.ts';
import { writeFileAtomically } from '../lib/core/files/atomic-write.ts';
import type { StateFolder } from '../lib/core/files/state-folder.ts';
import { tensorflowEnvironment } from '../lib/native/index.ts';
import type { Device } from '../lib/training/device.ts';
import { engineVersion } from '../lib/training/engine-version.ts';
import { gpuDriver } from '../lib/training/gpus.ts';
import { differentDevices } from './doctor/devices.ts';
import type { Finding } from './doctor/finding.ts';
import { checkGoldenNetwork } from './doctor/golden-network.ts';
import { checkProcessors } from './doctor/processors.ts';

/**
 * Checks, before a worker takes trainings, that its devices exist and that each trains the golden network to PyTorch's numbers. This takes
 * seconds; after a success it is skipped until the machine is restarted, or machine, driver or program change.
 * @throws UnsuitableWorkerError that says what is wrong and how to mend it
 */
export async function checkTrainer(
  { root }: StateFolder,
  devices: readonly Device[],
  signal?: AbortSignal,
): Promise<void> {
  const different = differentDevices(devices);
  requireFit(checkProcessors(devices));
  const marker = join(root, 'self-check.txt');
  const circumstances = contentHash({
    devices: different,
    engineVersion,
    library: await tensorflowEnvironment(),
    node: process.versions.node,
    driver: gpuDriver() ?? null,
    processor: cpus()[0]?.model ?? '',
    boot: await readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
  });
  if ((await readFile(marker, 'utf8').catch(() => undefined)) === circumstances) return;
  requireFit(await Promise.all(different.map((device) => checkGoldenNetwork(device, 1, signal))));
  await writeFileAtomically(marker, circumstances);
}

function requireFit(findings: readonly Finding[]): void {
  const problems = findings.filter(({ status }) => status === 'failure');
  if (problems.length === 0) return;
  const lines = problems.map(({ name, detail, remedy }) => `  ${name}: ${detail}\n    ${remedy}`);
  throw new UnsuitableWorkerError(`This worker takes no trainings:\n${lines.join('\n')}`);
}
