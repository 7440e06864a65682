import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { contentHash } from '../lib/core/canonical-json.ts';
import { writeFileAtomically } from '../lib/core/files/atomic-write.ts';
import type { StateFolder } from '../lib/core/files/state-folder.ts';
import { ensureNativeParts, ProgressLines, SetupError, tensorflowEnvironment } from '../lib/native/index.ts';
import { EngineUnavailableError } from '../lib/runs/trainer.ts';
import type { Device } from '../lib/training/device.ts';
import { engineVersion } from '../lib/training/engine-version.ts';
import { gpuDriver } from '../lib/training/gpus.ts';
import { differentDevices } from './doctor/devices.ts';
import type { Finding } from './doctor/finding.ts';
import { checkGoldenNetwork } from './doctor/golden-network.ts';
import { checkNativeParts } from './doctor/native-parts.ts';
import { checkProcessors } from './doctor/processors.ts';

/**
 * Installs TensorFlow if it is missing, and checks it, before the first run by this program's engine.
 * @throws EngineUnavailableError saying what is wrong and how to fix it
 */
export async function makeEngineReady(
  state: StateFolder,
  devices: readonly Device[],
  signal?: AbortSignal,
): Promise<void> {
  const lines = new ProgressLines();
  try {
    await ensureNativeParts({ parts: ['tensorflow'], onProgress: lines.update, ...(signal && { signal }) });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    throw new EngineUnavailableError(`TensorFlow cannot be set up on this machine: ${error.message}`, { cause: error });
  } finally {
    lines.end();
  }
  await checkTrainer(state, devices, signal);
}

/**
 * Checks, before a worker takes trainings, that its devices exist and that each trains the golden network to PyTorch's numbers. This takes
 * seconds; after a success it is skipped until the machine restarts, or the machine, driver or program changes.
 * @throws EngineUnavailableError saying what is wrong and how to fix it
 */
export async function checkTrainer(
  { root }: StateFolder,
  devices: readonly Device[],
  signal?: AbortSignal,
): Promise<void> {
  const different = differentDevices(devices);
  checkDevices(devices);
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

/**
 * Checks that the devices exist, which every trainer needs.
 * @throws EngineUnavailableError naming those that do not exist
 */
export function checkDevices(devices: readonly Device[], asksForGpu?: boolean): void {
  requireFit(checkProcessors(devices, asksForGpu));
}

/**
 * Returns a worker's message about this program's engine at its start; undefined if the engine is ready. TensorFlow is not installed yet,
 * because the worker may get only runs of command trainers.
 */
export async function engineProblem(
  state: StateFolder,
  devices: readonly Device[],
  signal?: AbortSignal,
): Promise<string | undefined> {
  const parts = await checkNativeParts(['tensorflow']);
  if (parts.status === 'failure')
    return `TensorFlow is not set up here (${parts.detail}): it will be set up when a run needs it; runs of command trainers do not. To set it up now: ${parts.remedy}`;
  try {
    await checkTrainer(state, devices, signal);
    return undefined;
  } catch (error) {
    if (!(error instanceof EngineUnavailableError)) throw error;
    return `Runs by this program's engine are left to other workers. ${error.message}`;
  }
}

function requireFit(findings: readonly Finding[]): void {
  const problems = findings.filter(({ status }) => status === 'failure');
  if (problems.length === 0) return;
  const lines = problems.map(({ name, detail, remedy }) => `  ${name}: ${detail}\n    ${remedy}`);
  throw new EngineUnavailableError(`This worker takes no trainings:\n${lines.join('\n')}`);
}
