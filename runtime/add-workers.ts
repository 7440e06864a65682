import { hostname } from 'node:os';
import type { WorkerDeploymentVersion } from '@temporalio/common';
import { join } from 'node:path';
import { createActivities } from '../activities/index.ts';
import { hasSearchAttributes } from '../control/start.ts';
import type { TemporalTarget } from '../control/temporal-target.ts';
import type { StateFolder } from '../lib/core/files/state-folder.ts';
import { onceReady, standingByTrainer } from '../lib/runs/trainer.ts';
import { OperationalError } from '../lib/core/errors.ts';
import { storeIdentity } from '../lib/store/store-identity.ts';
import { workerIdentity } from '../workflows/worker-identity.ts';
import type { ArtifactStore } from '../lib/store/artifact-store.ts';
import type { Device } from '../lib/training/device.ts';
import type { Role } from '../workflows/task-queues.ts';
import { createWorkers } from './create-workers.ts';
import { serveMetrics } from './metrics-server.ts';
import { freePort } from './ports.ts';
import { runWorkers } from './running-workers.ts';
import { installRuntime } from './sdk-runtime.ts';
import { makeEngineReady } from './self-check.ts';
import type { Teardown } from './teardown.ts';
import { connectWorkers } from './worker-connection.ts';
import { unsuitability, type UnsuitabilityOptions } from './unsuitability.ts';
import { workflowBundle } from './workflow-bundle.ts';

export interface AddWorkersOptions extends UnsuitabilityOptions {
  state: StateFolder;
  store: ArtifactStore;
  /** Whether other machines use the store. */
  isStoreShared?: boolean | undefined;
  dataRoot?: string | undefined;
  /** Bytes that prepared datasets may take; the whole disk except 2 GB if absent. */
  dataCache?: number | undefined;
  /** One for each concurrent training. */
  devices: readonly Device[];
  target: TemporalTarget;
  roles: readonly Role[];
  /** `host:port` at which Prometheus finds this process's metrics; none if absent. */
  metrics?: string | undefined;
  /** Seconds within which trainings must end when this process stops; `defaultStopSeconds` if absent. */
  stopSeconds?: number | undefined;
  /** Name of the worker deployment on the server to which these workers belong as a version; none if absent. */
  deployment?: string | undefined;
  teardown: Teardown;
}

/**
 * Runs workers in this process until `teardown`. If one cannot continue, the reason is added to `failures`.
 * @returns the workers' version in the deployment, if one is named
 */
export async function addWorkers(options: AddWorkersOptions): Promise<WorkerDeploymentVersion | undefined> {
  const { state, store, isStoreShared, dataRoot, dataCache, devices, target, roles, metrics, deployment } = options;
  const { failures, teardown } = options;
  await startTelemetry(state, metrics, teardown);
  const [connection, bundle] = await Promise.all([connectWorkers(target), workflowBundle()]);
  teardown.add('connection of the workers', () => connection.close());
  const version = deployment === undefined ? undefined : { deploymentName: deployment, buildId: bundle.hash };
  const workers = await createWorkers({
    connection,
    namespace: target.namespace,
    roles,
    activities: createActivities({
      ...{ store, isStoreShared, work: state.work, dataRoot, dataCache, devices },
      trainer: onceReady(standingByTrainer, (signal) => makeEngineReady(state, devices, signal)),
      onUnsuitable: unsuitability(options),
      hasSearchAttributes,
    }),
    slots: devices.length,
    stopSeconds: options.stopSeconds,
    workflowBundle: bundle.path,
    identity: await identityOf(store),
    version,
  });
  const running = runWorkers(workers);
  teardown.add('workers', () => running.stop());
  void running.ended.catch((error: Error) => failures.add(error));
  return version;
}

/** Starts the log of this process and, if requested, its metrics. */
async function startTelemetry({ root }: StateFolder, metrics: string | undefined, teardown: Teardown): Promise<void> {
  const sdkMetrics = metrics === undefined ? undefined : `127.0.0.1:${await freePort(0)}`;
  installRuntime(join(root, 'worker.log'), sdkMetrics);
  if (metrics !== undefined) teardown.add('metrics', await serveMetrics(metrics, sdkMetrics!));
}

/** Returns the identity of workers on a store, which names the store; undefined if the store does not answer. */
async function identityOf(store: ArtifactStore): Promise<string | undefined> {
  try {
    return workerIdentity(`${process.pid}@${hostname()}`, await storeIdentity(store));
  } catch (error) {
    if (error instanceof OperationalError || (error instanceof Error && 'code' in error)) return undefined;
    throw error;
  }
}
