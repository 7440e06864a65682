import { runningServer } from '../control/running-server.ts';
import { configuredTarget, localTarget, type TemporalTarget } from '../control/temporal-target.ts';
import { EnvironmentError } from '../lib/core/errors.ts';
import { holdStateFolder, type StateFolder } from '../lib/core/files/state-folder.ts';
import type { NativePart } from '../lib/native/index.ts';
import type { ArtifactStore } from '../lib/store/artifact-store.ts';
import type { Device } from '../lib/training/device.ts';
import { roles } from '../workflows/task-queues.ts';
import { BackgroundFailures } from './background-failures.ts';
import type { Teardown } from './teardown.ts';

/** What a study of this process runs in. */
export interface Environment {
  target: TemporalTarget;
  /** Address of the UI, where it is known. */
  uiAddress: string | undefined;
  /** Rejects when a worker or the server of this process cannot go on; never settles otherwise. */
  broken: Promise<never>;
  /** Process id of another start that holds the state folder and does the work. */
  workedBy: number | undefined;
}

export interface EnvironmentOptions {
  state: StateFolder;
  store: ArtifactStore;
  /** Whether other machines use the store. */
  isStoreShared?: boolean | undefined;
  dataRoot?: string | undefined;
  /** Bytes that prepared datasets may take; all of the disk but 2 GB where absent. */
  dataCache?: number | undefined;
  /** One for each training at a time. */
  devices: readonly Device[];
  /** `host:port` at which Prometheus finds this process's metrics; none where absent. */
  metrics?: string | undefined;
  /** Whether nothing is trained for real, so that TensorFlow is not needed. */
  isRehearsal: boolean;
  signal: AbortSignal;
  /** Tells a person what happens. */
  say: (text: string) => void;
  teardown: Teardown;
}

/**
 * Brings up what a study needs: native parts, a Temporal server unless one is configured, workers of all roles in this process.
 * Where another start is at work in the state folder, its server is used, and its workers. What was brought up is undone by
 * `teardown`.
 */
export async function openEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const { state, isRehearsal, signal, say, teardown } = options;
  const configured = await configuredTarget();
  const failures = new BackgroundFailures();
  const release = await holdStateFolder(state, (reason) => failures.add(reason));
  if (release === undefined) return joinOther(state, configured, failures);
  teardown.add('lock of the state folder', release);

  const { ensureNativeParts, ProgressLines, temporalBinary } = await import('../lib/native/index.ts');
  const lines = new ProgressLines();
  const parts: NativePart[] = [
    ...(isRehearsal ? [] : (['tensorflow'] as const)),
    ...(configured === undefined ? (['temporal'] as const) : []),
  ];
  try {
    await ensureNativeParts({ parts, onProgress: lines.update, signal });
  } finally {
    lines.end();
  }

  // The SDK takes a while to load, and the devices to be checked: meanwhile the server starts.
  const addingWorkers = import('./add-workers.ts');
  const checking = isRehearsal
    ? Promise.resolve()
    : import('./self-check.ts').then(({ checkTrainer }) => checkTrainer(state, options.devices, signal));
  checking.catch(() => undefined);
  let target = configured;
  let uiAddress: string | undefined;
  if (target === undefined) {
    const { superviseServer } = await import('./supervised-server.ts');
    const server = await superviseServer({
      binary: await temporalBinary(),
      directory: state.temporal,
      onRestart: (how) => say(`The Temporal server had ended (${how}) and was started again; the study goes on.`),
      onLost: failures.add,
    });
    teardown.add('Temporal server', () => server.stop(), server.kill);
    ({ uiAddress } = server);
    target = localTarget(server.address);
    say(`Temporal UI: ${uiAddress}`);
  }
  signal.throwIfAborted();
  await checking;
  const { addWorkers } = await addingWorkers;
  await addWorkers({ ...options, target, roles, hasOthers: configured !== undefined, failures });
  return { target, uiAddress, broken: failures.first, workedBy: undefined };
}

async function joinOther(
  state: StateFolder,
  configured: TemporalTarget | undefined,
  failures: BackgroundFailures,
): Promise<Environment> {
  const server = await runningServer(state.temporal);
  const target = configured ?? (server === undefined ? undefined : localTarget(server.address));
  if (target === undefined)
    throw new EnvironmentError(`Another start is at work in ${state.root} and not ready yet; try again in a moment`);
  return {
    target,
    uiAddress: configured === undefined ? server?.uiAddress : undefined,
    broken: failures.first,
    workedBy: server?.startPid,
  };
}
