import { Command } from 'commander';
import { configuredTarget } from '../control/temporal-target.ts';
import { ConfigError, exitCodes } from '../lib/core/errors.ts';
import { stateFolder } from '../lib/core/files/state-folder.ts';
import { addWorkers } from '../runtime/add-workers.ts';
import { BackgroundFailures } from '../runtime/background-failures.ts';
import { trainingDevices, type WorkerOptions } from '../runtime/devices.ts';
import { checkDevices, engineProblem } from '../runtime/self-check.ts';
import { Teardown } from '../runtime/teardown.ts';
import { openStore } from '../lib/store/open-store.ts';
import { describeDevice } from '../lib/training/device.ts';
import type { Role } from '../workflows/task-queues.ts';
import { Interruption } from './interruption.ts';
import { roleOption } from './options/role-option.ts';
import { withStateOptions } from './options/state-option.ts';
import type { StudiesOptions } from './studies/open-studies.ts';
import { addWorkerOptions } from './options/worker-options.ts';
import { say } from './terminal/print.ts';

interface WorkerRunOptions extends WorkerOptions, StudiesOptions {
  role: Role[];
  /** Name of the worker deployment on the server to which this worker belongs as a version. */
  deployment?: string;
}

/**
 * Returns the command of a worker in some roles on a configured Temporal server (TEMPORAL_ADDRESS, or a profile): `npm run worker -- --role
 * train --gpus 0,1`. It works until it is interrupted; its trainings then continue on another worker, or here when it is started again.
 */
export function workerCommand(): Command {
  return addWorkerOptions(
    withStateOptions(
      new Command('worker')
        .description('work for the studies of a configured Temporal server')
        .addOption(roleOption())
        .option(
          '--deployment <name>',
          'worker deployment on the server to which this worker belongs as a version (Worker Versioning)',
        ),
    ),
  )
    .exitOverride()
    .action(async (options: WorkerRunOptions) => {
      process.exitCode = await runWorker(options);
    });
}

/** Runs the worker until it is interrupted; returns the exit code. */
async function runWorker(options: WorkerRunOptions): Promise<number> {
  const target = await configuredTarget();
  if (target === undefined)
    throw new ConfigError('A worker needs a Temporal server', ['set TEMPORAL_ADDRESS, or a profile with an address']);
  const state = stateFolder(options.state);
  const store = openStore(options.store, state);
  const teardown = new Teardown();
  const interruption = new Interruption({ force: () => teardown.force(), patience: options.stopSeconds });
  try {
    const devices = trainingDevices(options);
    if (options.role.includes('train')) {
      checkDevices(devices);
      const problem = await engineProblem(state, devices, interruption.signal);
      if (problem !== undefined) say(problem);
    }
    const failures = new BackgroundFailures();
    const { dataRoot, dataCache, role: roles, metrics, stopSeconds, deployment } = options;
    const isStoreShared = options.store !== undefined;
    const version = await addWorkers({
      ...{ state, store, isStoreShared, dataRoot, dataCache, devices, target, roles, metrics, stopSeconds, deployment },
      ...{ hasOthers: true, failures, say, teardown },
    });
    say(`Working on ${roles.join(', ')} for ${target.connectionOptions.address}, namespace ${target.namespace}`);
    if (version !== undefined)
      say(`Version ${version.buildId} of the deployment ${version.deploymentName}: studies go to its current version`);
    if (roles.includes('train')) say(`Slots: ${devices.map(describeDevice).join(', ')}`);
    await Promise.race([failures.first, interruption.asked]);
    say('Stopping ...');
    return exitCodes.success;
  } finally {
    await teardown.run();
    interruption.dispose();
  }
}
