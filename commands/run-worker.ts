import { resolve } from 'node:path';
import { ensureNativeParts, ProgressLines } from '../native/index.ts';
import { openDirectoryStore } from '../store/directory-store.ts';
import { ConfigError } from '../core/errors.ts';
import type { Role } from '../workflows/task-queues.ts';
import { describeDevice } from '../training/device.ts';
import { trainingDevices, type WorkerOptions } from '../runtime/devices.ts';
import { configuredTarget } from '../control/temporal-target.ts';
import { addWorkers } from '../runtime/add-workers.ts';
import { Failures } from '../runtime/background-failures.ts';
import { Interruption } from './interruption.ts';
import { stateFolder } from '../files/state-folder.ts';
import { Teardown } from '../runtime/teardown.ts';

export interface WorkerRunOptions extends WorkerOptions {
  role: Role[];
  state?: string;
  store?: string;
}

/** Works until it is told to end; returns the exit code. */
export async function runWorker(options: WorkerRunOptions): Promise<number> {
  const target = await configuredTarget();
  if (target === undefined)
    throw new ConfigError('A worker needs a Temporal server', ['set TEMPORAL_ADDRESS, or a profile with an address']);
  const state = stateFolder(options.state);
  const store = openDirectoryStore(options.store === undefined ? state.store : resolve(options.store));
  const say = (text: string) => void process.stderr.write(`${text}\n`);
  const teardown = new Teardown();
  const interruption = new Interruption(() => teardown.force());
  try {
    if (options.role.includes('train')) {
      const lines = new ProgressLines();
      await ensureNativeParts({ parts: ['tensorflow'], onProgress: lines.update, signal: interruption.signal });
    }
    const failures = new Failures();
    await addWorkers({ state, store, worker: options, target, roles: options.role, failures, teardown });
    say(`Working on ${options.role.join(', ')} for ${target.connectionOptions.address}, namespace ${target.namespace}`);
    if (options.role.includes('train')) say(`Slots: ${trainingDevices(options).map(describeDevice).join(', ')}`);
    await Promise.race([failures.first, interruption.asked]);
    say('Stopping ...');
    return 0;
  } finally {
    await teardown.run();
    interruption.dispose();
  }
}
